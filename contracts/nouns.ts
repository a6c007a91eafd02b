/** The things clients see, as they stand on every wire. Times are ISO 8601 in UTC; ids are decimal strings. */

/** A 64-bit id in decimal, ordered by the time it was made. */
export type Id = string;

export type ApplicationRole = 'admin' | 'moderator' | 'member';
export type CommunityRole = 'owner' | 'moderator' | 'member';
export type ChannelKind = 'discussion' | 'chat' | 'group' | 'direct';
export type Visibility = 'public' | 'private';
/** Who may post: everyone who may read as a member, or moderators only (an announcement channel). */
export type Posting = 'everyone' | 'moderators';

export interface Person {
  id: Id;
  handle: string;
  name: string;
  bot: boolean;
  /** Path of the picture, which never changes what it shows; null where none was uploaded. */
  avatar: string | null;
}

/** What a person says of the present: "On holiday until Monday". */
export interface Status {
  emoji: string;
  text: string;
  /** When it ends by itself; null when it does not. */
  until: string | null;
}

export interface Profile extends Person {
  about: string;
  interests: string[];
  status: Status | null;
  createdAt: string;
}

export interface Community {
  id: Id;
  slug: string;
  name: string;
  description: string;
  tags: string[];
  visibility: Visibility;
  official: boolean;
  createdBy: Id | null;
  createdAt: string;
}

export interface Channel {
  id: Id;
  kind: ChannelKind;
  community: Id | null;
  /** A discussion's title, a chat's or group's name; null for a direct channel. */
  name: string | null;
  topic: string;
  photo: string | null;
  tags: string[];
  visibility: Visibility;
  posting: Posting;
  archived: boolean;
  /** The number of the comment that answers the discussion; null elsewhere and where none does. */
  accepted: number | null;
  createdBy: Id | null;
  createdAt: string;
  /** The chat's place 1…n in its application; null elsewhere. */
  chatNumber: number | null;
}

/** Where a channel's log ends: the last message's number and the count of changes. */
export interface Head {
  channel: Id;
  number: number;
  version: number;
}

export interface ReactionCount {
  emoji: string;
  count: number;
}

/** A message by its place. */
export interface MessagePlace {
  channel: Id;
  number: number;
}

/** In `mentions`: everyone who may read the channel. */
export const everyone: Id = '0';

/** One message in its latest state; the same for every reader. */
export interface Message {
  channel: Id;
  number: number;
  /** The channel's version at the change that touched this message last. */
  version: number;
  author: Id;
  /** The author's own id for the send; clients know their drawn message by it. */
  key: string | null;
  /** Markdown as written; null once deleted. */
  body: string | null;
  replyTo: number | null;
  reactions: ReactionCount[];
  /** Whom it calls by `@handle`, and `everyone`. */
  mentions: Id[];
  /** The same words elsewhere: of a chat's message its place in the discussion made of it, and the way back. */
  link: MessagePlace | null;
  createdAt: string;
  editedAt: string | null;
  deletedAt: string | null;
  pinnedAt: string | null;
}

/** What somebody began to write and has not sent, the same on all of the person's devices. */
export interface Draft {
  /** The channel that it is for; a community, if it is for a new discussion there. */
  place: Id;
  /** Of a new discussion; else empty. */
  title: string;
  body: string;
  replyTo: number | null;
  updatedAt: string;
}
