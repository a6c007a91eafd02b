import type { Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';
import { isId } from '../../kit/page.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';

/** How many unread messages of each channel call the caller; 0 where none does. */
export function unreadMentions({ sql }: Pick<Deps, 'sql'>): Conversations['unreadMentions'] {
  return async (who, ids) => {
    const person = who.person?.id;
    if (person === undefined) return ids.map(() => 0);
    const rows = await sql<{ channel: Id; mentions: number }[]>`
      select c.channel, ${callsAfter(sql, sql`${person}::bigint`, sql`c.channel`, sql`coalesce(r.number, 0)`)} as mentions
      from unnest(${ids.filter(isId)}::bigint[]) as c (channel) left join read_positions r on r.person = ${person} and r.channel = c.channel`;
    const byId = new Map(rows.map((row) => [row.channel, row.mentions]));
    return ids.map((id) => byId.get(id) ?? 0);
  };
}

/** An expression: messages of a channel after a number that call the person, by name or with everyone. */
export function callsAfter(sql: Sql, person: ReturnType<Sql>, channel: ReturnType<Sql>, number: ReturnType<Sql>) {
  return sql`(
    select count(distinct m.number)::int from mentions m
    where m.person in (${person}, 0) and m.channel = ${channel} and m.number > ${number}
  )`;
}
