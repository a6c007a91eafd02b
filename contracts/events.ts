/**
 * Every event, one union. An event's JSON is written into PostgreSQL's write-ahead log in the transaction that makes
 * the change, and those bytes are what clients get.
 */
import type { Channel, Community, CommunityRole, Draft, Id, Message, MessagePlace, Person, ReactionCount } from './nouns.ts';

/** Changes of a channel's log. Each moves the channel's version by exactly 1, and `version` is the new one. */
export type ChannelEvent =
  | { type: 'posted'; channel: Id; version: number; by: Person; message: Message }
  | { type: 'edited'; channel: Id; version: number; by: Person; message: Message }
  | { type: 'deleted'; channel: Id; version: number; by: Person; message: Message }
  /** A deleted message is back, with the text it had. */
  | { type: 'restored'; channel: Id; version: number; by: Person; message: Message }
  | {
      type: 'reacted';
      channel: Id;
      version: number;
      by: Person;
      number: number;
      emoji: string;
      on: boolean;
      reactions: ReactionCount[];
    }
  | { type: 'pinned'; channel: Id; version: number; by: Person; number: number; pinnedAt: string | null }
  | { type: 'linked'; channel: Id; version: number; by: Person; number: number; link: MessagePlace | null }
  | { type: 'changed'; channel: Id; version: number; by: Person; details: Channel };

/** What concerns one person, sent to all of that person's devices. No version: after a cut, `ready` tells the state. */
export type PersonEvent =
  | { type: 'read'; channel: Id; number: number }
  | { type: 'channel_joined'; channel: Channel }
  | { type: 'channel_left'; channel: Id }
  | { type: 'community_joined'; community: Id; role: CommunityRole }
  | { type: 'community_left'; community: Id }
  | { type: 'invited'; community: Id; by: Person }
  | { type: 'profile'; person: Person }
  /** A message calls me by name; also sent when an edit takes the call away (`on` false). */
  | { type: 'mentioned'; channel: Id; number: number; on: boolean }
  | { type: 'bookmarked'; channel: Id; number: number; on: boolean }
  /** An empty draft is one that was sent or thrown away. */
  | { type: 'draft'; draft: Draft };

/** What concerns everyone in a community, sent to the members who are connected. No version, like a PersonEvent. */
export type CommunityEvent =
  | { type: 'channel_created'; channel: Channel }
  | { type: 'community_changed'; community: Community }
  /** A message in a public channel of the community calls everyone. */
  | { type: 'everyone_mentioned'; channel: Id; number: number; by: Id; on: boolean };

/**
 * Tells every process that what it knows of somebody's access is stale. It goes to servers, never to clients. The
 * named scope is dropped first and looked up again after, so that nothing passes in between (L9).
 * - `channel` alone: its visibility or standing changed, for everyone
 * - `community` alone: the same for all of its channels
 * - with `person`: only for that person
 * - `device`: signed out; `account`: role, standing or profile changed
 */
export interface AccessEvent {
  type: 'access';
  channel?: Id;
  community?: Id;
  person?: Id;
  device?: Id;
  account?: Id;
  application?: Id;
}

/** Short-lived hints: no version, never replayed, dropped first. */
export type Hint = { type: 'typing'; channel: Id; person: Person } | { type: 'presence'; people: Id[]; online: boolean };

export type PlazaEvent = ChannelEvent | PersonEvent | CommunityEvent | AccessEvent | Hint;

/**
 * Where an event goes. It stands before the event in the write-ahead log, so that nobody parses JSON to route it:
 * `plaza/channel/<id>/<version>/<number>` (number: the message posted, else 0), `plaza/person/<id>`, `plaza/community/<id>`,
 * `plaza/access`, `plaza/hint/<channel id>`, `plaza/hint/0` (who is online, from process to process).
 */
export type Topic =
  | { kind: 'channel'; channel: Id; version: number; number: number }
  | { kind: 'person'; person: Id }
  | { kind: 'community'; community: Id }
  | { kind: 'access' }
  | { kind: 'hint'; about: Id };

export function topicPrefix(topic: Topic): string {
  switch (topic.kind) {
    case 'channel':
      return `plaza/channel/${topic.channel}/${topic.version}/${topic.number}`;
    case 'person':
      return `plaza/person/${topic.person}`;
    case 'community':
      return `plaza/community/${topic.community}`;
    case 'access':
      return 'plaza/access';
    case 'hint':
      return `plaza/hint/${topic.about}`;
  }
}

/** What a hint is about that every process needs: who is online. */
export const everybody: Id = '0';

const channelPrefix = 'plaza/channel/';

/** The topic of a prefix, or null for a message that another program wrote. */
export function parseTopic(prefix: string): Topic | null {
  if (prefix.startsWith(channelPrefix)) {
    // Nearly all of them, and two readers parse each.
    const version = prefix.indexOf('/', channelPrefix.length);
    const number = prefix.indexOf('/', version + 1);
    if (version < 0 || number < 0) return null;
    return {
      kind: 'channel',
      channel: prefix.slice(channelPrefix.length, version),
      version: Number(prefix.slice(version + 1, number)),
      number: Number(prefix.slice(number + 1)),
    };
  }
  const [root, kind, id = ''] = prefix.split('/');
  if (root !== 'plaza') return null;
  if (kind === 'person') return { kind, person: id };
  if (kind === 'community') return { kind, community: id };
  if (kind === 'access') return { kind };
  if (kind === 'hint') return { kind, about: id };
  return null;
}
