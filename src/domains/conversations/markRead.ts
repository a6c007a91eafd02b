import { topicPrefix } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { severalPrefix } from '../../engines/feed/emit.ts';
import { numbers, sqlState } from '../../engines/postgres/index.ts';
import { gathered, whenManyCome } from '../../kit/gathered.ts';
import { wholeNumber } from '../../kit/text.ts';
import { allowed } from './access.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';

/** Whoever loses may meet the same one again, before it has what it waited for. */
const mostTries = 5;

interface Mark {
  person: Id;
  channel: Id;
  number: number;
}

/**
 * Moves the caller's read position forward, never back and never beyond the last message; the person's other devices
 * hear of it. Unread is never stored: it is last number − read number (L11). Whoever reads says so all the time: thousands
 * of readers are one statement, and one event in the log.
 */
export function markRead({ sql, policy }: Deps): Conversations['markRead'] {
  async function write(marks: readonly Mark[], isAgain = false): Promise<number[]> {
    const given = sql`
      unnest(${numbers(marks.map((m) => m.person))}::bigint[], ${numbers(marks.map((m) => m.channel))}::bigint[], ${numbers(marks.map((m) => m.number))}::int[])
        with ordinality as a (person, channel, number, place)`;
    // The positions and their event are one transaction. In the order in which posts move their authors' positions, so
    // that nobody waits in a ring.
    const rows = await sql<{ number: number }[]>`
      with moved as (
        insert into read_positions (person, channel, number)
        select a.person, h.channel, least(max(a.number), h.number) from ${given} join channel_heads h on h.channel = a.channel
        group by a.person, h.channel, h.number order by h.channel, a.person
        on conflict (person, channel) do update set number = excluded.number, read_at = now() where read_positions.number < excluded.number
        returning person, channel, number
      ), told as (
        select pg_logical_emit_message(true, ${severalPrefix}, string_agg(${topicPrefix({ kind: 'person', person: '' })} || person || ' ' ||
          json_build_object('type', 'read', 'channel', channel::text, 'number', number) || E'\n', '')) as lsn
        from moved having count(*) > 0
      )
      select coalesce(m.number, r.number, 0) as number, (select lsn from told)
      from ${given} left join moved m using (person, channel) left join read_positions r using (person, channel)
      order by a.place`;
    const isShort = rows.some(({ number }, i) => number < (marks[i]?.number ?? 0));
    // Another device was quicker, and this statement began before it: only a next one sees how far that came. Who says
    // more than there is looks twice for nothing.
    return isShort && !isAgain ? write(marks, true) : rows.map((row) => row.number);
  }

  /** A history that is brought in takes positions in an order of its own; who loses then writes again. */
  async function writeUntilItPasses(marks: readonly Mark[]): Promise<number[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await write(marks);
      } catch (error) {
        if (sqlState(error) !== '40P01' || tries === mostTries) throw error;
      }
    }
  }

  const mark = gathered<Mark, number>(writeUntilItPasses, whenManyCome);

  return async (who, input) => {
    const number = wholeNumber(input.number, 'number', 0);
    await allowed(policy, 'message.mark_read', who, input.channel);
    return { number: (await mark({ person: speaker(who).id, channel: input.channel, number })) ?? 0 };
  };
}
