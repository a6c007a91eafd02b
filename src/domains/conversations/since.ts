import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id, Message } from '../../../contracts/nouns.ts';
import { limits } from '../../../contracts/wire.ts';
import { numbers } from '../../engines/postgres/index.ts';
import { gathered, whenManyCome } from '../../kit/gathered.ts';
import { wholeNumber } from '../../kit/text.ts';
import type { Who } from '../policy/index.ts';
import { channelId } from './access.ts';
import type { Deps } from './deps.ts';
import type { Changes, Conversations, Since } from './index.ts';
import { type ChannelRow, type MessageRow, messageColumns, toChannel, toMessage } from './rows.ts';

/** Channels that are read together: some thousand messages. */
const atOnce = { ...whenManyCome, most: 50 };

type Found = { [column in keyof MessageRow]: MessageRow[column] | null } & {
  place: number;
  /** Of the messages posted since, or of those changed after they were posted. */
  by: 'post' | 'change' | null;
  /** The version by which those are in order. */
  at: number | null;
  head_number: number;
  head_version: number;
  changed_version: number;
};
interface Place {
  channel: Id;
  version: number;
  limit: number;
}
type Log = Omit<Since, 'details'>;

/**
 * Every message changed after a version, each once, in its latest state, in order of version; `gap` when there is
 * more than the limit (L7). Who ask at the same time are answered together. Access is asked after the reading: what was
 * read was there before any later refusal (L9).
 */
export function since({ sql, policy }: Deps): Conversations['since'] {
  const { readLogs, readChannels } = readings(sql);
  const ask = gathered<Place & { who: Who }, Since>(async (asks) => {
    const logs = await readLogs(asks);
    const changed = asks.filter((asked) => logs.get(keyOf(asked))?.isChanged);
    const details = await readChannels(changed.map(({ channel }) => channel));
    const standings = await policy.toChannels(asks);
    return asks.map((asked, i) => {
      const found = logs.get(keyOf(asked));
      return found && standings[i] ? { ...found.log, details: found.isChanged ? (details.get(asked.channel) ?? null) : null } : null;
    });
  }, atOnce);
  return async (who, input) => (await ask({ who, ...placeOf(input) })) ?? notFound();
}

/** What is in what was read for many; only `entered` takes it out. */
const contents = new WeakMap<Changes, { log: Log; channel: Channel }>();

export function changed({ sql }: Deps): Conversations['changed'] {
  const { readLogs, readChannels } = readings(sql);
  const ask = gathered<Place, Changes>(async (asks) => {
    const logs = await readLogs(asks);
    const details = await readChannels(asks.map(({ channel }) => channel));
    return asks.map((asked) => {
      const found = logs.get(keyOf(asked));
      const channel = details.get(asked.channel);
      if (!found || !channel) return null;
      const changes: Changes = { version: found.log.version, gap: found.log.gap };
      contents.set(changes, { log: found.log, channel });
      return changes;
    });
  }, atOnce);
  return async (input) => (await ask(placeOf(input))) ?? notFound();
}

export function entered({ sql, policy }: Deps): Conversations['entered'] {
  const ask = gathered<{ who: Who; channel: Id }, number>(async (asks) => {
    const rows = await sql<{ place: number; number: number }[]>`
      select a.place::int, r.number
      from unnest(${numbers(asks.map(({ who }) => who.person?.id ?? '0'))}::bigint[], ${numbers(asks.map(({ channel }) => channel))}::bigint[])
        with ordinality as a (person, channel, place)
      join read_positions r on r.person = a.person and r.channel = a.channel`;
    const reads = new Map(rows.map((row) => [row.place, row.number]));
    const standings = await policy.toChannels(asks);
    return asks.map((_, i) => (standings[i] ? (reads.get(i + 1) ?? 0) : null));
  }, whenManyCome);
  return async (who, changes) => {
    const content = contents.get(changes);
    const read = content ? await ask({ who, channel: content.channel.id }) : null;
    return content && read !== null ? { ...content, read } : notFound();
  };
}

/** What is asked of the log, for many at once. */
function readings(sql: Deps['sql']) {
  /** The head is read in the same statement as the messages, so each answer is complete up to its version. */
  async function readLogs(asked: readonly Place[]): Promise<Map<string, { log: Log; isChanged: boolean }>> {
    const places = [...new Map(asked.map((place) => [keyOf(place), place])).values()];
    const rows = await sql<Found[]>`
      select a.place::int, h.number as head_number, h.version as head_version, c.changed_version, m.*
      from unnest(
        ${numbers(places.map(({ channel }) => channel))}::bigint[], ${numbers(places.map(({ version }) => version))}::int[],
        ${numbers(places.map(({ limit }) => limit))}::int[]
      ) with ordinality as a (channel, version, most, place)
      join channel_heads h on h.channel = a.channel join channels c on c.id = a.channel
      cross join lateral (${lastPost(sql)}) p
      left join lateral (
        (
          select 'post' as by, coalesce(posted_version, version) as at, ${messageColumns(sql)}
          from messages where channel = a.channel and number > p.number and coalesce(posted_version, version) > a.version
          order by number limit a.most + 1
        ) union all (
          select 'change', version, ${messageColumns(sql)}
          from messages where channel = a.channel and version > a.version and posted_version is not null
          order by version limit a.most + 1
        )
      ) m on true
      order by a.place, m.version`;
    const found = new Map<number, Found[]>();
    for (const row of rows) {
      const known = found.get(row.place);
      if (known) known.push(row);
      else found.set(row.place, [row]);
    }
    return new Map(
      [...found].flatMap(([place, all]) => {
        const asked = places[place - 1];
        const [head] = all;
        return asked && head
          ? [[keyOf(asked), { log: toLog(asked, head, all), isChanged: head.changed_version > asked.version }] as const]
          : [];
      }),
    );
  }

  /** After the log, so that they are no older than what it tells. */
  async function readChannels(ids: readonly Id[]): Promise<Map<Id, Channel>> {
    if (ids.length === 0) return new Map();
    const rows = await sql<ChannelRow[]>`select * from channels where id = any(${numbers([...new Set(ids)])}::bigint[])`;
    return new Map(rows.map((row) => [row.id, toChannel(row)]));
  }

  return { readLogs, readChannels };
}

/**
 * The last message posted up to version `a.version` of a channel with the head `h`: their versions grow with the
 * numbers, and none is smaller than its number or larger by more than there were changes, so it is between two numbers
 * and found by halves.
 */
function lastPost(sql: Deps['sql']) {
  return sql`
    with recursive search (low, high) as (
      select greatest(a.version - (h.version - h.number), 0), least(a.version, h.number)
      union all
      select case when m.is_before then s.middle else s.low end, case when m.is_before then s.high else s.middle - 1 end
      from (select low, high, (low + high + 1) / 2 as middle from search where low < high) s
      cross join lateral (
        select coalesce(posted_version, version) <= a.version as is_before from messages where channel = a.channel and number = s.middle
      ) m
    )
    select max(low) as number from search`;
}

function placeOf({ channel, version, limit = limits.page }: { channel: Id; version: number; limit?: number | undefined }): Place {
  channelId(channel);
  return { channel, version: wholeNumber(version, 'version', 0), limit: wholeNumber(limit, 'limit', 1, limits.page) };
}

function notFound(): never {
  throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
}

function keyOf({ channel, version, limit }: Place): string {
  return `${channel}/${version}/${limit}`;
}

function toLog({ channel, version, limit }: Place, head: Found, rows: readonly Found[]): Log {
  const found = rows.filter(isMessage);
  const full = [...Map.groupBy(found, (row) => row.by).values()].filter((list) => list.length > limit);
  // Behind the last one of a list that is full there may be more.
  const upTo = Math.min(head.head_version, ...full.map((list) => Math.max(...list.map((row) => row.at ?? version))));
  // What was posted since and changed after that is in both lists.
  const known = [...new Map(found.map((row) => [row.number, row])).values()].filter((row) => row.version <= upTo);
  const messages: Message[] = known.slice(0, limit).map(toMessage);
  const gap = full.length > 0 || known.length > limit;
  return {
    channel,
    version: known.length > limit ? (messages.at(-1)?.version ?? version) : upTo,
    number: head.head_number,
    messages,
    gap,
  };
}

/** False for the one row of nulls that an outer join gives when there is no message. */
function isMessage<Row extends { number: number | null }>(row: Row): row is Row & MessageRow {
  return row.number !== null;
}
