import { PlazaError } from '../../../contracts/errors.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import { isoTime, numbers } from '../../engines/postgres/index.ts';
import { decodeCursor, isId, pageSize, toPage } from '../../kit/page.ts';
import { wholeNumber } from '../../kit/text.ts';
import { channelId, freshly } from './access.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';
import { type ChannelRow, channelColumns, type MessageRow, messageColumns, toChannel, toMessage } from './rows.ts';

/** One channel. @throws not_found */
export function channel(deps: Deps): Conversations['channel'] {
  return async (who, id) => {
    const [found] = await channels(deps)(who, [id]);
    if (!found) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
    return found;
  };
}

export function channels({ reads, policy }: Pick<Deps, 'reads' | 'policy'>): Conversations['channels'] {
  return async (who, ids) => {
    const [rows, standings] = await Promise.all([
      reads<ChannelRow[]>`select ${channelColumns(reads)} from channels where id = any(${numbers(ids.filter(isId))}::bigint[])`,
      policy.toChannels(
        ids.map((id) => ({ who, channel: id })),
        reads,
      ),
    ]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id, i) => {
      const row = byId.get(id);
      return row && standings[i] ? toChannel(row) : null;
    });
  };
}

export function heads({ reads }: Deps): Conversations['heads'] {
  return async (ids) => {
    const rows = await reads<
      Head[]
    >`select channel, number, version from channel_heads where channel = any(${numbers(ids.filter(isId))}::bigint[])`;
    const byId = new Map(rows.map(({ channel, number, version }) => [channel, { channel, number, version }]));
    return ids.map((id) => byId.get(id) ?? null);
  };
}

/** The caller's read positions; 0 where nothing was read. */
export function reads({ reads }: Deps): Conversations['reads'] {
  return async (who, ids) => {
    if (who.person === null) return ids.map(() => 0);
    const rows = await reads<{ channel: Id; number: number }[]>`
      select channel, number from read_positions where person = ${who.person.id} and channel = any(${numbers(ids.filter(isId))}::bigint[])`;
    const byId = new Map(rows.map((row) => [row.channel, row.number]));
    return ids.map((id) => byId.get(id) ?? 0);
  };
}

/** Single messages, in the order asked; null where missing or not readable. */
export function messages({ reads, policy }: Deps): Conversations['messages'] {
  return async (who, refs) => {
    const asked = refs.map((ref) => (isId(ref.channel) && Number.isInteger(ref.number) ? ref : { channel: '0', number: 0 }));
    const distinct = [...new Set(asked.map((ref) => ref.channel))];
    const found = reads<MessageRow[]>`
      select m.* from unnest(${numbers(asked.map((r) => r.channel))}::bigint[], ${numbers(asked.map((r) => r.number))}::int[]) as a (channel, number)
      cross join lateral (
        select ${messageColumns(reads)}
        from messages where channel = a.channel and number = a.number offset 0
      ) m`;
    const [rows, standings] = await Promise.all([
      found,
      policy.toChannels(
        distinct.map((id) => ({ who, channel: id })),
        reads,
      ),
    ]);
    const readable = new Set(distinct.filter((_, i) => standings[i]));
    const byRef = new Map(rows.map((row) => [`${row.channel}/${row.number}`, row]));
    return asked.map((ref) => {
      const row = readable.has(ref.channel) ? byRef.get(`${ref.channel}/${ref.number}`) : undefined;
      return row === undefined ? null : toMessage(row);
    });
  };
}

/** Pinned messages, the last pinned first. */
export function pins({ sql, policy }: Deps): Conversations['pins'] {
  return async (who, id, page) => {
    channelId(id);
    const size = pageSize(page);
    const [at = null, number = 0] = page.after ? decodeCursor(page.after, ['time', 'int']) : [];
    const rows = await sql<MessageRow[]>`
      select ${messageColumns(sql)} from messages
      where channel = ${id} and pinned_at is not null
        and (${at}::float8 is null or (pinned_at, number) < (to_timestamp(${at}::float8 / 1000), ${number}::int))
      order by messages.pinned_at desc, number desc limit ${size + 1}`;
    await freshly(policy, who, id);
    return toPage(rows, size, toMessage, (row) => [row.pinned_at === null ? 0 : Date.parse(isoTime(row.pinned_at)), row.number]);
  };
}

/** What a message said before, oldest first. Of a deleted message only moderators see it. */
export function revisions({ sql, policy }: Deps): Conversations['revisions'] {
  return async (who, input) => {
    channelId(input.channel);
    const number = wholeNumber(input.number, 'number', 1);
    const [message, rows] = await Promise.all([
      sql<{ deleted_at: Date | null }[]>`select deleted_at from messages where channel = ${input.channel} and number = ${number}`,
      sql<{ version: number; body: string; written_at: Date }[]>`
        select version, body, written_at from revisions where channel = ${input.channel} and number = ${number} order by version desc limit 100`,
    ]);
    const standing = await freshly(policy, who, input.channel);
    policy.ask('message.history', standing);
    if (message[0] === undefined) throw new PlazaError('not_found', 'There is no message of that number.');
    if (message[0].deleted_at !== null) policy.ask('message.delete', { ...standing, own: false });
    return rows.reverse().map((row) => ({ version: row.version, body: row.body, writtenAt: row.written_at.toISOString() }));
  };
}

/** Who has read up to at least this number. */
export function readers({ sql, policy }: Deps): Conversations['readers'] {
  return async (who, input, page) => {
    channelId(input.channel);
    const size = pageSize(page);
    const number = wholeNumber(input.number, 'number', 1);
    const after = page.after ? (decodeCursor(page.after, ['id'])[0] ?? '0') : '0';
    const rows = await sql<{ person: Id; number: number; read_at: Date }[]>`
      select person, number, read_at from read_positions
      where channel = ${input.channel} and person > ${after} and number >= ${number} order by person limit ${size + 1}`;
    policy.ask('message.readers', await freshly(policy, who, input.channel));
    return toPage(
      rows,
      size,
      (row) => ({ person: row.person, number: row.number, readAt: row.read_at.toISOString() }),
      (row) => [row.person],
    );
  };
}
