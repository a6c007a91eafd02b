import { topicPrefix } from '../../../contracts/events.ts';
import { wholeNumber } from '../../kit/text.ts';
import { allowed } from './access.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';

/**
 * Moves the caller's read position forward, never back and never beyond the last message; the person's other devices
 * hear of it. Unread is never stored: it is last number − read number (L11).
 */
export function markRead({ sql, policy }: Deps): Conversations['markRead'] {
  return async (who, input) => {
    const number = wholeNumber(input.number, 'number', 0);
    await allowed(policy, 'message.mark_read', who, input.channel);
    const person = speaker(who).id;
    // One statement and one transaction: the position and its event.
    const [row] = await sql<{ number: number }[]>`
      with moved as (
        insert into read_positions (person, channel, number)
        select ${person}, channel, least(number, ${number}::int) from channel_heads where channel = ${input.channel}
        on conflict (person, channel) do update set number = excluded.number, read_at = now() where read_positions.number < excluded.number
        returning number
      ), told as (
        select number, pg_logical_emit_message(true, ${topicPrefix({ kind: 'person', person })},
          json_build_object('type', 'read', 'channel', ${input.channel}::text, 'number', number)::text) as lsn
        from moved
      )
      select coalesce((select number from told where lsn is not null), (select number from read_positions where person = ${person} and channel = ${input.channel}), 0) as number`;
    return { number: row?.number ?? 0 };
  };
}
