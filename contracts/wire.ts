/**
 * Every frame of the socket, both ways (subprotocol `plaza.v1`, one JSON object a text frame). Server-sent events and
 * long polling carry the same server frames. How a conversation goes is told in `docs/socket.md`.
 */
import type { CloseCode, ErrorCode } from './errors.ts';
import type { ChannelEvent, CommunityEvent, PersonEvent } from './events.ts';
import type { Channel, Community, CommunityRole, Draft, Head, Id, Message, Person } from './nouns.ts';

export const subprotocol = 'plaza.v1';

export const limits = {
  /** Bytes of one client frame. */
  frameBytes: 64 * 1024,
  /** Characters of one message. */
  bodyCharacters: 10_000,
  keyCharacters: 64,
  /** Messages of one `synced` or `joined` frame or page. */
  page: 200,
  /** Characters of the reason for a deletion, a removal, a ban. */
  reasonCharacters: 500,
  /** People one connection may watch at once. */
  watched: 200,
  /** Channels one connection may have open at once. */
  joins: 100,
  /** Client frames a second a connection may send over time, and at once. */
  framesPerSecond: 50,
  framesBurst: 200,
} as const;

/** A resumed channel: what the client has. `version` 0 means: from the beginning of what it is shown. */
export interface Place {
  channel: Id;
  version: number;
}

/** `id` comes back in the answer (`ack`, `joined`, `synced`, `error`), so that a client may have several on the way. */
export type ClientFrame =
  /** First frame. `resume` joins these channels again and syncs each, if `epoch` is still the server's; the channel is the `id` of its answer. */
  | { type: 'hello'; token: string; resume?: { epoch: string; places: Place[] } }
  /** Open a channel: events flow. Without `since`, the last page of messages comes along. */
  | { type: 'join'; id?: string; channel: Id; since?: number }
  | { type: 'leave'; id?: string; channel: Id }
  | { type: 'send'; id?: string; channel: Id; key: string; body: string; replyTo?: number }
  | { type: 'edit'; id?: string; channel: Id; number: number; body: string }
  /** `reason` is kept for the moderators when the message is another's. */
  | { type: 'delete'; id?: string; channel: Id; number: number; reason?: string }
  | { type: 'restore'; id?: string; channel: Id; number: number; reason?: string }
  | { type: 'react'; id?: string; channel: Id; number: number; emoji: string; on: boolean }
  | { type: 'pin'; id?: string; channel: Id; number: number; on: boolean }
  | { type: 'bookmark'; id?: string; channel: Id; number: number; on: boolean }
  | { type: 'read'; id?: string; channel: Id; number: number }
  /** What I began to write, whole each time; an empty one throws it away. */
  | { type: 'draft'; id?: string; place: Id; title?: string; body: string; replyTo?: number }
  | { type: 'typing'; channel: Id }
  | { type: 'sync'; id?: string; channel: Id; since: number }
  /** A page of older or newer messages by number. Exactly one of before, after, around. */
  | { type: 'page'; id?: string; channel: Id; before?: number; after?: number; around?: number; limit?: number }
  | { type: 'people'; id?: string; ids: Id[] }
  /** People who are on the screen: `presence` says which are online, then tells of changes. Each list replaces the one before. */
  | { type: 'watch'; people: Id[] }
  | { type: 'ping' };

/** A channel of mine, as `ready` lists it: what a side bar needs. */
export interface MyChannel {
  channel: Channel;
  number: number;
  version: number;
  /** The last number I read; unread = number − read (L11). */
  read: number;
  /** Unread messages that call me, by name or with everyone. */
  mentions: number;
  /** The other side of a direct channel, the first few of a group. */
  people: Person[];
}

export interface MyCommunity {
  community: Community;
  role: CommunityRole;
}

export type ServerFrame =
  | {
      type: 'ready';
      /** Differs after a restore from an older backup: forget everything, start afresh (L13). */
      epoch: string;
      person: Person;
      communities: MyCommunity[];
      channels: MyChannel[];
      /** Which of the people of my direct and group channels are online; `presence` tells of changes. */
      online: Id[];
      /** Seconds without a frame after which the server lets go; a client pings well before. */
      silence: number;
      /** The latest hundred. */
      drafts: Draft[];
    }
  /** Answer to join: the last page (no `since`), or what changed after `since` (then `gap` says that more follows by sync). */
  | {
      type: 'joined';
      id?: string;
      channel: Channel;
      /** The version asked from; absent when the answer is the last page. */
      since?: number;
      version: number;
      number: number;
      read: number;
      messages: Message[];
      mine: MyMark[];
      people: Person[];
      gap: boolean;
    }
  /** The channel is no longer open here: left, or access was taken away. */
  | { type: 'left'; id?: string; channel: Id; code?: ErrorCode }
  /** A committed change of mine. `version` is the channel's version at that change. */
  | { type: 'ack'; id?: string; channel: Id; key?: string; number: number; version: number; repeated?: boolean }
  /** Changes of an open channel in order of version, gathered. */
  | { type: 'events'; channel: Id; events: ChannelEvent[] }
  /** What concerns me on all of my devices, or a community of mine. */
  | { type: 'personal'; event: PersonEvent | CommunityEvent }
  /** Channels of mine that moved and are not open, and open ones of which something may have been missed. */
  | { type: 'head'; heads: Head[] }
  /** Messages changed after `since`, in order of version. `gap`: more follows, sync again from `version`. */
  | {
      type: 'synced';
      id?: string;
      channel: Id;
      since: number;
      version: number;
      number: number;
      /** The channel's details, if they changed after `since`. */
      details?: Channel;
      messages: Message[];
      mine: MyMark[];
      people: Person[];
      gap: boolean;
    }
  /** `version`: the channel's at the moment the page was read. */
  | {
      type: 'paged';
      id?: string;
      channel: Id;
      version: number;
      messages: Message[];
      mine: MyMark[];
      people: Person[];
      more: { before: boolean; after: boolean };
    }
  | { type: 'people'; id?: string; people: Person[] }
  /** Done, for what has no other answer (leave, read). */
  | { type: 'done'; id?: string }
  | { type: 'typing'; channel: Id; person: Person }
  /** Somebody whom one of my direct or group channels shows, or whom I watch, came online or went. */
  | { type: 'presence'; person: Id; online: boolean }
  /** The person's own list (`ready`) may be stale: something was missed. Sent after the feed broke; say hello anew. */
  | { type: 'stale' }
  | { type: 'pong' }
  | {
      type: 'error';
      id?: string;
      code: ErrorCode;
      message: string;
      retryable: boolean;
      key?: string;
      rule?: string;
      limit?: number;
      retryAfter?: number;
    }
  /** Last frame before the server closes. `retryAfter`: seconds, already spread at random. */
  | { type: 'bye'; code: CloseCode; message: string; retryAfter?: number };

/** What I have left on a message of the page; only of messages where there is something. */
export interface MyMark {
  number: number;
  /** My reactions. */
  emoji: string[];
  bookmarked: boolean;
}
