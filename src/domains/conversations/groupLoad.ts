import type { Channel, Head, Id, Message } from '../../../contracts/nouns.ts';
import { numbers, type Transaction } from '../../engines/postgres/index.ts';
import type { Change } from './group.ts';
import { type ChannelRow, type MessageRow, messageColumns, toChannel, toMessage } from './rows.ts';
import type { Erased } from './steps.ts';

export interface LoadedChannel {
  application: Id;
  details: Channel;
  number: number;
  version: number;
  /** Both before the group; a channel whose version is still this was not changed. */
  from: { number: number; version: number };
}

export interface Loaded {
  channels: Map<Id, LoadedChannel>;
  /** By key alone, which two authors may both have chosen: the messages whose keys come again. */
  keys: Map<string, readonly Message[]>;
  /** By `channel/number`: the messages that are touched. */
  messages: Map<string, Message>;
  /** By `channel/number`: what was taken from those of them that are deleted. */
  erased: Map<string, Erased>;
  /** By `channel/number/person`: the emoji that the person has on it. */
  mine: Map<string, readonly string[]>;
}

/** The message that has the key already. */
export function known({ keys }: Loaded, channel: Id, author: Id, key: string): Message | undefined {
  return keys.get(key)?.find((message) => message.author === author && message.channel === channel);
}

export function keep({ keys }: Loaded, key: string, message: Message): void {
  const before = keys.get(key);
  keys.set(key, before === undefined ? [message] : [...before, message]);
}

type TouchedRow = MessageRow & { person: Id; mine: string[] | null; deleted_by: Id | null; erased: string | null };

/**
 * Locks the heads of all channels of the group, in order of id so that groups of different processes never deadlock,
 * and reads what the plans look at. The statements go out together; each sees what was committed before the locks
 * were had, because PostgreSQL takes a new snapshot for every statement.
 */
export async function load(tx: Transaction, changes: readonly Change[]): Promise<Loaded> {
  const ids = [...new Set(changes.map((change) => change.channel))];
  // Sent here and now: a query goes out when somebody awaits it, and those of the functions below are awaited before
  // Promise.all comes to its first. They would look at what was before the locks, and overwrite what others did meanwhile.
  const locked = tx<Head[]>`
    select channel, number, version from channel_heads
    where channel = any(${numbers(ids)}::bigint[]) order by channel for no key update`.execute();
  const [heads, channels, keys, touched] = await Promise.all([
    locked,
    tx<ChannelRow[]>`
      select id, application, community, kind, name, topic, photo, tags, visibility, posting, chat_number, created_by, created_at, archived_at, changed_version, accepted
      from channels where id = any(${numbers(ids)}::bigint[])`,
    loadKeys(tx, changes),
    loadTouched(tx, changes),
  ]);
  const rows = new Map(channels.map((row) => [row.id, row]));
  const loaded: Loaded = { channels: new Map(), keys: new Map(), messages: new Map(), erased: new Map(), mine: new Map() };
  for (const { channel, number, version } of heads) {
    const row = rows.get(channel);
    if (row !== undefined)
      loaded.channels.set(channel, { application: row.application, details: toChannel(row), number, version, from: { number, version } });
  }
  for (const row of keys) keep(loaded, row.key ?? '', toMessage(row));
  for (const row of touched) {
    loaded.messages.set(`${row.channel}/${row.number}`, toMessage(row));
    if (row.deleted_at !== null) {
      loaded.erased.set(`${row.channel}/${row.number}`, {
        by: row.deleted_by ?? row.author,
        body: row.erased ?? '',
        mentions: row.mentions ?? [],
      });
    }
    loaded.mine.set(`${row.channel}/${row.number}/${row.person}`, row.mine ?? []);
  }
  return loaded;
}

/** The messages whose keys come again. */
export async function loadKeys(tx: Transaction, changes: readonly Change[]): Promise<readonly MessageRow[]> {
  const keyed = changes.filter((change) => change.key !== undefined);
  if (keyed.length === 0) return [];
  // One descent of messages_by_key for each key; "offset 0" keeps the planner from joining by a scan of all messages.
  return await tx<MessageRow[]>`
    select m.*
    from unnest(${numbers(keyed.map((c) => c.channel))}::bigint[], ${numbers(keyed.map((c) => c.by.id))}::bigint[], ${keyed.map((c) => c.key ?? '')}::text[]) as k (channel, author, key)
    cross join lateral (
      select ${messageColumns(tx)}
      from messages where channel = k.channel and author = k.author and key = k.key and key is not null offset 0
    ) m`;
}

async function loadTouched(tx: Transaction, changes: readonly Change[]): Promise<readonly TouchedRow[]> {
  const touching = changes.filter((change) => change.number !== undefined);
  if (touching.length === 0) return [];
  return await tx<TouchedRow[]>`
    select m.*, t.person, (select array_agg(emoji) from reactions r where r.channel = t.channel and r.number = t.number and r.person = t.person) as mine,
      case when m.deleted_at is not null then (
        select body from revisions r where r.channel = t.channel and r.number = t.number order by version desc limit 1
      ) end as erased
    from unnest(${touching.map((c) => c.channel)}::bigint[], ${touching.map((c) => c.number ?? 0)}::int[], ${touching.map((c) => c.by.id)}::bigint[]) as t (channel, number, person)
    cross join lateral (
      select ${messageColumns(tx)}, deleted_by
      from messages where channel = t.channel and number = t.number offset 0
    ) m`;
}
