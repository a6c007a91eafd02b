import type { Id } from '../../../contracts/nouns.ts';
import { decodeCursor, type PageRequest, pageSize, toPage } from '../../kit/page.ts';
import { tags, text } from '../../kit/text.ts';
import type { Who } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Communities } from './index.ts';
import { type CommunityRow, columns, toCommunity } from './rows.ts';
import { visible } from './visible.ts';

type Filter = Parameters<Communities['list']>[1];

/** Newest first; with `q` best match first. Those the caller may see, in one query. */
export function list({ sql }: Deps): Communities['list'] {
  return async (who, filter, page) => {
    const q = text(filter.q ?? '', { field: 'q', max: 100 });
    const size = pageSize(page);
    if (q === '') {
      const rows = await newest(sql, who, filter, page, size);
      return toPage(rows, size, toCommunity, (row) => [row.id]);
    }
    const rows = await search(sql, who, filter, q, page, size);
    return toPage(rows, size, toCommunity, (row) => [row.likeness, row.id]);
  };
}

function newest(sql: Deps['sql'], who: Who, filter: Filter, page: PageRequest, size: number) {
  const [after] = page.after ? decodeCursor(page.after, ['id']) : [];
  return sql<CommunityRow[]>`
    select ${columns(sql)} from communities c
    where ${visible(sql, who)} and ${asked(sql, who, filter)} and ${after === undefined ? sql`true` : sql`c.id < ${after}`}
    order by c.id desc limit ${size + 1}`;
}

/**
 * Part of a name or something like it, accents and case ignored. Both conditions are answered by the trigram index.
 * `likeness` is 1 for a name that has `q` in it, more when it begins with it, less when it is only like it.
 */
function search(sql: Deps['sql'], who: Who, filter: Filter, q: string, page: PageRequest, size: number) {
  const [score, after] = page.after ? decodeCursor(page.after, ['number', 'id']) : [];
  const pattern = q.replace(/[\\%_]/g, '\\$&');
  return sql<(CommunityRow & { likeness: number })[]>`
    select * from (
      select ${columns(sql)}, case
        when fold(c.name) like fold(${pattern}) || '%' then 2
        when fold(c.name) like '%' || fold(${pattern}) || '%' then 1
        else word_similarity(fold(${q}), fold(c.name)) end::real as likeness
      from communities c
      where ${visible(sql, who)} and ${asked(sql, who, filter)}
        and (fold(c.name) like '%' || fold(${pattern}) || '%' or fold(${q}) <% fold(c.name))
    ) found
    where ${score === undefined || after === undefined ? sql`true` : sql`(likeness, id) < (${Math.fround(Number(score))}::real, ${after}::bigint)`}
    order by likeness desc, id desc limit ${size + 1}`;
}

function asked(sql: Deps['sql'], who: Who, filter: Filter) {
  const tag = filter.tag === undefined ? sql`true` : sql`c.tags @> ${tags([filter.tag], 'tag')}::text[]`;
  return filter.mine ? sql`${tag} and ${memberOf(sql, who.person?.id ?? null)}` : tag;
}

function memberOf(sql: Deps['sql'], person: Id | null) {
  return sql`c.id in (select community from community_members where person = ${person}::bigint)`;
}
