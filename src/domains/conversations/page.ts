import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { limits } from '../../../contracts/wire.ts';
import { wholeNumber } from '../../kit/text.ts';
import { channelId, freshly } from './access.ts';
import type { Deps } from './deps.ts';
import type { Conversations, MessagePage } from './index.ts';
import { type MessageRow, messageColumns, toMessage } from './rows.ts';
import { isMessage } from './since.ts';

const defaultPage = 50;
const lastNumber = 2_147_483_647;

type Found = { [column in keyof MessageRow]: MessageRow[column] | null } & { head_channel: Id; head_number: number; head_version: number };

/**
 * A page of messages by number, from any place, both ways. Numbers have no gaps (L1), so a page is a range of the
 * primary key: the same cost at any depth.
 */
export function page({ sql, policy }: Deps): Conversations['page'] {
  return async (who, input): Promise<MessagePage> => {
    channelId(input.channel);
    const limit = wholeNumber(input.limit ?? defaultPage, 'limit', 1, limits.page);
    const [from, to] = range(input, limit);
    // Counted from the end when no place is named; the head is of the same instant as the messages.
    const rows = await sql<Found[]>`
      select h.channel as head_channel, h.number as head_number, h.version as head_version, m.*
      from channel_heads h
      left join lateral (
        select ${messageColumns(sql)}
        from messages where channel = ${input.channel}
          and number >= case when ${from}::int > 0 then ${from}::int else greatest(h.number + ${from}::int, 1) end and number <= ${to}
        order by number
      ) m on true
      where h.channel = ${input.channel}`;
    await freshly(policy, who, input.channel);
    const [head] = rows;
    if (head === undefined) throw new PlazaError('not_found');
    return toMessagePage(input.channel, rows);
  };
}

/** First and last number; a first below 1 counts back from the end of the log. */
function range(
  input: { before?: number | undefined; after?: number | undefined; around?: number | undefined },
  limit: number,
): [number, number] {
  const given = [input.before, input.after, input.around].filter((place) => place !== undefined);
  if (given.length > 1) throw new PlazaError('invalid_input', 'Give only one of "before", "after" and "around".');
  if (input.before !== undefined) {
    const before = wholeNumber(input.before, 'before', 1);
    return [Math.max(before - limit, 1), before - 1];
  }
  if (input.after !== undefined) {
    const after = wholeNumber(input.after, 'after', 0);
    return [Math.min(after + 1, lastNumber), Math.min(after + limit, lastNumber)];
  }
  if (input.around !== undefined) {
    const first = Math.max(wholeNumber(input.around, 'around', 1) - Math.floor(limit / 2), 1);
    return [first, Math.min(first + limit - 1, lastNumber)];
  }
  return [1 - limit, lastNumber];
}

/** The first messages after a number of many channels, for batching: one query, and one for access. */
export function messagesOf({ sql, policy }: Deps): Conversations['messagesOf'] {
  return async (who, channels, after, first) => {
    const limit = wholeNumber(first, 'first', 1, limits.page);
    const from = wholeNumber(after, 'after', 0);
    const rows = await sql<Found[]>`
      select h.channel as head_channel, h.number as head_number, h.version as head_version, m.*
      from unnest(${[...new Set(channels)]}::bigint[]) as asked (channel)
      join channel_heads h on h.channel = asked.channel
      left join lateral (
        select ${messageColumns(sql)}
        from messages where channel = asked.channel and number > ${from} and number <= ${Math.min(from + limit, lastNumber)} order by number
      ) m on true`;
    const standings = await policy.toChannels(channels.map((channel) => ({ who, channel })));
    const byChannel = Map.groupBy(rows, (row) => row.head_channel);
    return channels.map((channel, i) => toMessagePage(channel, standings[i] ? (byChannel.get(channel) ?? []) : []));
  };
}

function toMessagePage(channel: Id, rows: readonly Found[]): MessagePage {
  const messages = rows.filter(isMessage).map(toMessage);
  const head = rows[0] ?? { head_number: 0, head_version: 0 };
  return {
    channel,
    messages,
    more: { before: (messages[0]?.number ?? 1) > 1, after: (messages.at(-1)?.number ?? head.head_number) < head.head_number },
    head: { channel, number: head.head_number, version: head.head_version },
  };
}
