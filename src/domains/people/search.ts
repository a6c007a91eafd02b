import type { Id } from '../../../contracts/nouns.ts';
import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { People } from './index.ts';
import { cleanQuery, named } from './named.ts';
import { columns, type ProfileRow, toProfile } from './rows.ts';

export function search({ sql, policy }: Deps): People['search'] {
  return async (who, { q = '' }, page) => {
    policy.ask('people.search', policy.standing(who));
    const wanted = cleanQuery(q);
    const size = pageSize(page);
    if (wanted === '') {
      const [after] = page.after ? decodeCursor(page.after, ['id']) : ['0'];
      const rows = await byAge(sql, who.application, String(after), size + 1);
      return toPage(rows, size, toProfile, (row) => [row.id]);
    }
    const [rank, after] = page.after ? decodeCursor(page.after, ['int', 'id']) : [-1, '0'];
    const rows = await byName(sql, who.application, wanted, Number(rank), String(after), size + 1);
    return toPage(rows, size, toProfile, (row) => [row.rank, row.id]);
  };
}

/** Answered in order by the index people_in_order. */
export function byAge(sql: Deps['sql'], application: Id, after: Id, limit: number) {
  return sql<ProfileRow[]>`
    select ${columns(sql)} from people where application = ${application} and id > ${after} order by id limit ${limit}`;
}

/**
 * Answered by the trigram index people_by_name on `folded`, which is name and handle without accents and case. Rank 0:
 * the whole name or handle, 1: one of them begins so, 2: a word does, 3: elsewhere.
 */
export function byName(sql: Deps['sql'], application: Id, q: string, rank: number, after: Id, limit: number) {
  const pattern = q.replace(/[\\%_]/g, '\\$&');
  return sql<(ProfileRow & { rank: number })[]>`
    select * from (
      select ${columns(sql)}, case
        when folded = fold(${q}) || ' ' || handle or handle = fold(${q}) then 0
        when folded like fold(${pattern}) || '%' or handle like fold(${pattern}) || '%' then 1
        when folded like '% ' || fold(${pattern}) || '%' then 2
        else 3 end as rank
      from people where application = ${application} and ${named(sql, q)}
    ) found
    where (rank, id) > (${rank}::int, ${after}::bigint)
    order by rank, id limit ${limit}`;
}
