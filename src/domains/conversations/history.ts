import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, CommunityRole, Id, Message, Person } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { calledThen } from './called.ts';
import { type Change, writeGroup } from './group.ts';
import { channelName } from './names.ts';
import { type NewChannel, openChannels } from './open.ts';
import { pairOf } from './openDirect.ts';
import { messageBody } from './post.ts';
import type { Step } from './steps.ts';

/** One change of a conversation's past, in milliseconds since 1970. Messages are named by number. */
export type PastChange = { at: number; by: Person } & (
  | { do: 'post'; body: string; replyTo: number | null }
  | { do: 'edit'; number: number; body: string }
  | { do: 'delete'; number: number }
  | { do: 'react'; number: number; emoji: string }
  | { do: 'pin'; number: number }
  /** The comment answers the discussion. */
  | { do: 'accept'; number: number }
);

/** A part of a conversation's past. */
export interface Past {
  /** In the order in which they happened. */
  changes: readonly PastChange[];
  /** How far somebody has read; authors have read up to their last message anyway. */
  reads: readonly { person: Id; number: number; at: number }[];
}

/** A conversation that went on here, or elsewhere, for a while. */
export interface PastChannel extends Omit<NewChannel, 'pair' | 'chatNumber'>, Past {
  createdAt: Date;
  members: readonly { person: Id; role: CommunityRole }[];
}

/**
 * Brings conversations in with the past they had, through the log's own way to write: numbers, versions, revisions,
 * tallies and events are those of any other log. Nobody is asked. Best by some thousands of changes at once.
 * @throws invalid_input, or whatever a change is refused with: then nothing of it may be kept
 */
export async function bringInChannels(tx: Transaction, past: readonly PastChannel[]): Promise<Channel[]> {
  const channels = await openChannels(
    tx,
    past.map((channel) => ({
      ...channel,
      ...(channel.name === undefined ? {} : { name: channelName(channel.name) }),
      ...(channel.kind === 'direct' ? { pair: pairOf(channel.members.map((member) => member.person)) } : {}),
    })),
  );
  await bringInMore(
    tx,
    channels.flatMap(({ id }, i) => past.slice(i, i + 1).map(({ changes, reads }) => ({ channel: id, changes, reads }))),
  );
  return channels;
}

/** What comes next in conversations that were too long to be brought in at once. */
export async function bringInMore(tx: Transaction, past: readonly (Past & { channel: Id })[]): Promise<void> {
  const all = past.flatMap(({ channel, changes }) => changes.map((change) => ({ channel, change })));
  const mentions = await calledThen(
    tx,
    all.map(({ channel, change }) => ({ channel, by: change.by.id, body: 'body' in change ? change.body : '' })),
  );
  const changes = all.map(({ channel, change }, i) => toChange(channel, change, mentions[i] ?? []));
  const { results } = await writeGroup(tx, changes, Date.now());
  for (const outcome of results) if (outcome instanceof PlazaError) throw outcome;

  const reads = past.flatMap((part) => part.reads.map((read) => ({ ...read, channel: part.channel })));
  await tx`
    insert into read_positions (person, channel, number, read_at)
    select person, channel, number, to_timestamp(ms / 1000)
    from unnest(${reads.map((r) => r.person)}::bigint[], ${reads.map((r) => r.channel)}::bigint[], ${reads.map((r) => r.number)}::int[],
      ${reads.map((r) => r.at)}::float8[]) as r (person, channel, number, ms)
    on conflict (person, channel) do update set number = excluded.number, read_at = excluded.read_at where read_positions.number < excluded.number`;
}

function toChange(channel: Id, past: PastChange, mentions: Id[]): Change {
  const { at, by } = past;
  if (past.do === 'accept') {
    return { channel, by, at, plan: (state) => ({ do: 'change', details: { ...state.channel, accepted: past.number }, access: false }) };
  }
  if (past.do !== 'post') return { channel, by, at, number: past.number, plan: ({ message }) => stepOn(message, past, mentions) };
  const { body, replyTo } = past;
  return { channel, by, at, plan: () => ({ do: 'post', body: messageBody(body), replyTo, mentions, link: null }) };
}

function stepOn(message: Message | null, past: Exclude<PastChange, { do: 'post' | 'accept' }>, mentions: Id[]): Step {
  if (message === null || message.deletedAt !== null) throw new PlazaError('conflict', `There is no message ${past.number} to ${past.do}.`);
  switch (past.do) {
    case 'edit':
      return { do: 'edit', message, body: messageBody(past.body), mentions };
    case 'delete':
      return { do: 'delete', message, reason: '' };
    case 'react':
      return { do: 'react', message, emoji: past.emoji, on: true };
    case 'pin':
      return { do: 'pin', message, on: true };
  }
}
