import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { limits } from '../../../contracts/wire.ts';
import { numbers } from '../../engines/postgres/index.ts';
import { distinct } from '../../kit/distinct.ts';
import { gathered } from '../../kit/gathered.ts';
import { isId } from '../../kit/page.ts';
import { wholeNumber } from '../../kit/text.ts';
import type { Who } from '../policy/index.ts';
import { channelId } from './access.ts';
import type { Deps } from './deps.ts';
import type { Conversations, MessagePage } from './index.ts';
import { messageIn, type OwnRow, ownColumns } from './rows.ts';

const defaultPage = 50;
const lastNumber = 2_147_483_647;

/** Pages that are read together. */
const atOnce = { most: 200 };

interface Ask extends Place {
  who: Who;
}

/** A part of a log. */
interface Place {
  channel: Id;
  /** Counted back from the end when below 1. */
  first: number;
  last: number;
}

type Found = { [column in keyof OwnRow]: OwnRow[column] | null } & {
  place: number;
  head_number: number | null;
  head_version: number | null;
};

/**
 * Pages of messages by number, from any place, both ways. Numbers have no gaps (L1), so a page is a range of the primary
 * key: the same cost at any depth. Who ask at the same time are answered together, and who ask for the same are given the
 * same messages. Null for what the caller may not read: that is asked right behind the reading (L9), and both go out together.
 */
export function pages({ reads, policy }: Deps): (ask: Ask) => Promise<MessagePage | null> {
  return gathered<Ask, MessagePage>(async (asks) => {
    const { different, places } = distinct(asks, keyOf);
    const [found, standings] = await Promise.all([read(different), policy.toChannels(asks, reads)]);
    return places.map((place, i) => (standings[i] ? (found[place] ?? null) : null));
  }, atOnce);

  /** In the order of the places; none where there is no such channel. The head is of the same instant as the messages; the first row has it. */
  async function read(places: readonly Place[]): Promise<(MessagePage | undefined)[]> {
    const rows = await reads<Found[]>`
      select a.place::int, case when m.number > h.first then null else h.number end as head_number,
        case when m.number > h.first then null else h.version end as head_version, m.*
      from unnest(
        ${numbers(places.map(({ channel }) => channel))}::bigint[], ${numbers(places.map(({ first }) => first))}::int[],
        ${numbers(places.map(({ last }) => last))}::int[]
      ) with ordinality as a (channel, first, last, place)
      cross join lateral (
        select number, version, case when a.first > 0 then a.first else greatest(number + a.first, 1) end as first
        from channel_heads where channel = a.channel
      ) h
      left join lateral (
        select ${ownColumns(reads)} from messages where channel = a.channel and number >= h.first and number <= a.last order by number
      ) m on true`;
    const found: (MessagePage | undefined)[] = [];
    for (const row of rows) {
      const channel = places[row.place - 1]?.channel ?? '';
      if (row.head_number !== null && row.head_version !== null)
        found[row.place - 1] = { ...nothingOf(channel), head: { channel, number: row.head_number, version: row.head_version } };
      if (isMessage(row)) found[row.place - 1]?.messages.push(messageIn(channel, row));
    }
    for (const page of found) if (page) page.more = moreOf(page);
    return found;
  }
}

function keyOf({ channel, first, last }: Place): string {
  return `${channel}/${first}/${last}`;
}

type Pages = ReturnType<typeof pages>;

export function page(read: Pages): Conversations['page'] {
  return async (who, { channel, ...input }): Promise<MessagePage> => {
    channelId(channel);
    const limit = wholeNumber(input.limit ?? defaultPage, 'limit', 1, limits.page);
    const [first, last] = range(input, limit);
    const found = await read({ who, channel, first, last });
    if (!found) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
    return found;
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

/** The first messages after a number of many channels, for batching. */
export function messagesOf(read: Pages): Conversations['messagesOf'] {
  return async (who, channels, after, count) => {
    const limit = wholeNumber(count, 'first', 1, limits.page);
    const from = wholeNumber(after, 'after', 0);
    const [first, last] = [Math.min(from + 1, lastNumber), Math.min(from + limit, lastNumber)];
    const found = await Promise.all(channels.map((channel) => (isId(channel) ? read({ who, channel, first, last }) : null)));
    return channels.map((channel, i) => found[i] ?? nothingOf(channel));
  };
}

function nothingOf(channel: Id): MessagePage {
  return { channel, messages: [], more: { before: false, after: false }, head: { channel, number: 0, version: 0 } };
}

function moreOf({ messages, head }: MessagePage): MessagePage['more'] {
  return { before: (messages[0]?.number ?? 1) > 1, after: (messages.at(-1)?.number ?? head.number) < head.number };
}

/** False for the one row that an outer join gives when there is no message. */
function isMessage(row: Found): row is Found & OwnRow {
  return row.number !== null;
}
