import { PlazaError } from '../../../contracts/errors.ts';
import type { Draft, Id } from '../../../contracts/nouns.ts';
import { numbers, type Sql } from '../../engines/postgres/index.ts';
import { gathered, whenManyCome } from '../../kit/gathered.ts';
import { type CursorKey, decodeCursor, isId, pageSize, toPage } from '../../kit/page.ts';
import type { Deps, Drafts } from './index.ts';
import { columns, type DraftRow, toDraft } from './rows.ts';

export function get({ sql }: Deps): Drafts['get'] {
  return async (who, place) => {
    if (who.person === null) throw new PlazaError('unauthenticated');
    if (!isId(place)) return null;
    const [row] = await sql<DraftRow[]>`select ${columns(sql)} from drafts where person = ${who.person.id} and place = ${place}`;
    return row ? toDraft(row) : null;
  };
}

export function list({ sql }: Deps): Drafts['list'] {
  return async (who, page) => {
    if (who.person === null) throw new PlazaError('unauthenticated');
    const size = pageSize(page);
    const before = page.after ? decodeCursor(page.after, ['time', 'id']) : null;
    const rows = await newestDrafts(sql, who.person.id, before, size + 1);
    return toPage(rows, size, toDraft, (row) => [row.updated_at.getTime(), row.place]);
  };
}

export function latest({ sql }: Deps): Drafts['latest'] {
  const ask = gathered<Id, Draft[]>(async (people) => {
    const drafts = new Map<Id, Draft[]>(people.map((person) => [person, []]));
    const rows = await sql<(DraftRow & { person: Id })[]>`
      select a.person, d.* from unnest(${numbers([...drafts.keys()])}::bigint[]) as a (person)
      cross join lateral (
        select ${columns(sql)} from drafts where person = a.person order by updated_at desc, place desc limit 100
      ) d`;
    for (const row of rows) drafts.get(row.person)?.push(toDraft(row));
    return people.map((person) => drafts.get(person) ?? []);
  }, whenManyCome);
  return async (who) => {
    if (who.person === null) throw new PlazaError('unauthenticated');
    return (await ask(who.person.id)) ?? [];
  };
}

/** Answered in order by the index drafts_by_time. */
export function newestDrafts(sql: Sql, person: Id, before: CursorKey | null, limit: number) {
  const [at = 0, place = '0'] = before ?? [];
  return sql<DraftRow[]>`
    select ${columns(sql)} from drafts
    where person = ${person}
      ${before === null ? sql`` : sql`and (updated_at, place) < (to_timestamp(${Number(at)}::float8 / 1000), ${place}::bigint)`}
    order by updated_at desc, place desc limit ${limit}`;
}
