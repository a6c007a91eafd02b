import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id, Message } from '../../../contracts/nouns.ts';
import { limits } from '../../../contracts/wire.ts';
import { numbers } from '../../engines/postgres/index.ts';
import { gathered } from '../../kit/gathered.ts';
import { wholeNumber } from '../../kit/text.ts';
import type { Who } from '../policy/index.ts';
import { channelId } from './access.ts';
import type { Deps } from './deps.ts';
import type { Conversations, Since } from './index.ts';
import { type ChannelRow, type MessageRow, messageColumns, toChannel, toMessage } from './rows.ts';

/** Channels that are read together: some thousand messages. */
const atOnce = 50;

interface Ask {
  who: Who;
  channel: Id;
  version: number;
  limit: number;
  /** Read its details as well, changed or not, and how far the caller has read. */
  opens: boolean;
}

type Found = { [column in keyof MessageRow]: MessageRow[column] | null } & {
  place: number;
  head_number: number;
  head_version: number;
  changed_version: number;
};
type Place = Pick<Ask, 'channel' | 'version' | 'limit'>;
type Log = Omit<Since, 'details'>;
type Answer = { log: Log; details: Channel | null; read: number };

/**
 * Every message changed after a version, each once, in its latest state, in order of version; `gap` when there is
 * more than the limit (L7).
 */
export function since(deps: Deps): Conversations['since'] {
  const read = sinceOfMany(deps);
  return async (who, { channel, version, limit = limits.page }) => {
    const { log, details } = await read({ who, channel, version, limit, opens: false });
    return { ...log, details };
  };
}

export function opened(deps: Deps): Conversations['opened'] {
  const read = sinceOfMany(deps);
  return async (who, { channel, version }) => {
    const { log, details, read: number } = await read({ who, channel, version, limit: limits.page, opens: true });
    if (!details) throw new PlazaError('not_found');
    return { log, channel: details, read: number };
  };
}

/**
 * Who ask at the same time are answered together, and who ask for the same are given the same messages. Access is asked
 * after the reading: what was read was there before any later refusal (L9).
 */
function sinceOfMany({ sql, policy }: Deps): (ask: Ask) => Promise<Answer> {
  const read = gathered<Ask, Answer>(async (asks) => {
    const places = new Map(asks.map((ask) => [keyOf(ask), ask]));
    const logs = await readLogs([...places.values()]);
    const described = asks.filter((ask) => ask.opens || logs.get(keyOf(ask))?.isChanged);
    const [details, reads] = await Promise.all([
      // After the log, so that they are no older than what it tells.
      readChannels([...new Set(described.map((ask) => ask.channel))]),
      readPositions(asks.filter((ask) => ask.opens)),
    ]);
    const standings = await policy.toChannels(asks);
    return asks.map((ask, i) => {
      const found = logs.get(keyOf(ask));
      if (!found || !standings[i]) return null;
      const isTold = ask.opens || found.isChanged;
      const read = reads.get(`${ask.who.person?.id}/${ask.channel}`) ?? 0;
      return { log: found.log, details: isTold ? (details.get(ask.channel) ?? null) : null, read };
    });
  }, atOnce);

  /** The head is read in the same statement as the messages, so each answer is complete up to its version. */
  async function readLogs(places: readonly Place[]): Promise<Map<string, { log: Log; isChanged: boolean }>> {
    const rows = await sql<Found[]>`
      select a.place::int, h.number as head_number, h.version as head_version, c.changed_version, m.*
      from unnest(
        ${numbers(places.map(({ channel }) => channel))}::bigint[], ${numbers(places.map(({ version }) => version))}::int[],
        ${numbers(places.map(({ limit }) => limit))}::int[]
      ) with ordinality as a (channel, version, most, place)
      join channel_heads h on h.channel = a.channel join channels c on c.id = a.channel
      left join lateral (
        select ${messageColumns(sql)}
        from messages where channel = a.channel and version > a.version order by version limit a.most + 1
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

  async function readChannels(ids: readonly Id[]): Promise<Map<Id, Channel>> {
    if (ids.length === 0) return new Map();
    const rows = await sql<ChannelRow[]>`select * from channels where id = any(${numbers(ids)}::bigint[])`;
    return new Map(rows.map((row) => [row.id, toChannel(row)]));
  }

  async function readPositions(asks: readonly Ask[]): Promise<Map<string, number>> {
    const mine = asks.filter((ask) => ask.who.person !== null);
    if (mine.length === 0) return new Map();
    const rows = await sql<{ person: Id; channel: Id; number: number }[]>`
      select r.person, r.channel, r.number
      from unnest(${numbers(mine.map(({ who }) => who.person?.id ?? '0'))}::bigint[], ${numbers(mine.map(({ channel }) => channel))}::bigint[])
        as a (person, channel)
      join read_positions r on r.person = a.person and r.channel = a.channel`;
    return new Map(rows.map((row) => [`${row.person}/${row.channel}`, row.number]));
  }

  return async (ask) => {
    channelId(ask.channel);
    wholeNumber(ask.version, 'version', 0);
    wholeNumber(ask.limit, 'limit', 1, limits.page);
    const answer = await read(ask);
    if (!answer) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
    return answer;
  };
}

function keyOf({ channel, version, limit }: Place): string {
  return `${channel}/${version}/${limit}`;
}

function toLog({ channel, version, limit }: Place, head: Found, rows: readonly Found[]): Log {
  const found = rows.filter(isMessage).map(toMessage);
  const messages: Message[] = found.slice(0, limit);
  const gap = found.length > limit;
  return {
    channel,
    version: gap ? (messages.at(-1)?.version ?? version) : head.head_version,
    number: head.head_number,
    messages,
    gap,
  };
}

/** False for the one row of nulls that an outer join gives when there is no message. */
export function isMessage<Row extends { number: number | null }>(row: Row): row is Row & MessageRow {
  return row.number !== null;
}
