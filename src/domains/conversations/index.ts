import type { Channel, CommunityRole, Head, Id, Message, Posting, Visibility } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Who } from '../policy/index.ts';

export { allowed } from './access.ts';
export { createConversations } from './create.ts';
export { bringInChannels, bringInMore, type Past, type PastChange, type PastChannel } from './history.ts';
export { createLog, type Log } from './log.ts';
export { living, withMessage } from './outcome.ts';

/** The answer to a committed change: the channel's version at that change. */
export interface Changed {
  channel: Id;
  number: number;
  version: number;
  message: Message;
}

export interface Posted extends Changed {
  /** The key was known: this is the first message, and nothing was changed (L4). */
  repeated: boolean;
}

export interface Since {
  channel: Id;
  /** The version up to which the answer is complete. */
  version: number;
  number: number;
  /** The channel's details if they changed after the asked version. */
  details: Channel | null;
  messages: Message[];
  /** More follows, even if this holds no message: ask again from `version`. */
  gap: boolean;
}

/** That something was read, not what: whoever wants to see it is asked for access first. */
export interface Changes {
  /** The version up to which it is complete. */
  version: number;
  gap: boolean;
}

export interface MessagePage {
  channel: Id;
  /** By number, ascending. */
  messages: Message[];
  more: { before: boolean; after: boolean };
  head: Head;
}

export interface Discussion {
  channel: Channel;
  /** Messages after the opening one, deleted ones included. */
  comments: number;
  activeAt: string;
}

export interface Revision {
  version: number;
  body: string;
  writtenAt: string;
}

export interface ChannelMember {
  person: Id;
  role: CommunityRole;
  joinedAt: string;
}

export interface Reader {
  person: Id;
  number: number;
  readAt: string;
}

export interface AppChat {
  channel: Channel;
  number: number;
  messagesCount: number;
}

/** What the caller may do in a channel, as the policy says. */
export interface ChannelMay {
  post: boolean;
  react: boolean;
  pin: boolean;
  /** Its name, topic and tags. */
  change: boolean;
  /** Who sees it, who posts in it, whether it is archived. */
  govern: boolean;
  /** What others wrote. */
  deleteOthers: boolean;
  mentionEveryone: boolean;
  /** Say which comment answers the discussion. */
  accept: boolean;
}

/** A discussion that anybody may read, for lists of all of them. */
export interface PublicDiscussion {
  id: Id;
  /** Of its community. */
  slug: string;
  activeAt: string;
}

/** Channels and their logs: discussions, chats, groups, direct channels. */
export interface Conversations {
  createDiscussion(
    who: Who,
    input: { community: Id; title: string; body: string; tags?: string[] | undefined; key?: string | undefined },
  ): Promise<{ channel: Channel; message: Message }>;
  /**
   * Makes a discussion of 1 to 100 messages of a chat, group or direct channel, in one transaction: the opening is the
   * caller's (`body`, or a sentence that says where it comes from), then each message follows as a comment of its author
   * and time. Copies and originals link to each other. From what is not public only one's own messages can be taken.
   */
  makeDiscussion(
    who: Who,
    input: {
      channel: Id;
      numbers: readonly number[];
      community: Id;
      title: string;
      body?: string | undefined;
      tags?: string[] | undefined;
      key?: string | undefined;
    },
  ): Promise<{ channel: Channel; message: Message }>;
  createChannel(
    who: Who,
    input: { community: Id; name: string; topic?: string | undefined; visibility?: Visibility | undefined; posting?: Posting | undefined },
  ): Promise<Channel>;
  createGroup(who: Who, input: { name?: string | undefined; people: Id[] }): Promise<Channel>;
  /** The one direct channel with this person, made if need be (E2). */
  openDirect(who: Who, input: { person: Id }): Promise<Channel>;
  /** A chat of the caller's (or, for admins, the named) application, numbered 1…n. */
  createAppChat(who: Who, input: { application: Id; name?: string | undefined }): Promise<AppChat>;
  appChats(who: Who, application: Id, page: PageRequest): Promise<Page<AppChat>>;
  appChat(who: Who, input: { application: Id; number: number }): Promise<AppChat>;
  change(
    who: Who,
    input: {
      channel: Id;
      name?: string | undefined;
      topic?: string | undefined;
      photo?: string | null | undefined;
      tags?: string[] | undefined;
      visibility?: Visibility | undefined;
      posting?: Posting | undefined;
      archived?: boolean | undefined;
      /** Kept for the moderators when the channel is archived or opened again. */
      reason?: string | undefined;
    },
  ): Promise<Channel>;

  /** Which comment answers the discussion; null takes it back. By who started it and by moderators. */
  acceptAnswer(who: Who, input: { channel: Id; number: number | null }): Promise<Channel>;

  addMember(who: Who, input: { channel: Id; person: Id; role?: CommunityRole | undefined }): Promise<void>;
  /** Removes another, or oneself (leave). `reason` is kept for the moderators when it is another. */
  removeMember(who: Who, input: { channel: Id; person: Id; reason?: string | undefined }): Promise<void>;
  members(who: Who, channel: Id, page: PageRequest): Promise<Page<ChannelMember>>;

  /** `placed` is called as soon as nothing that is posted later can come before it; it is written when this resolves. */
  post(
    who: Who,
    input: { channel: Id; key?: string | undefined; body: string; replyTo?: number | undefined; placed?: (() => void) | undefined },
  ): Promise<Posted>;
  edit(who: Who, input: { channel: Id; number: number; body: string }): Promise<Changed>;
  /** `reason` is kept for the moderators when the message is another's. */
  delete(who: Who, input: { channel: Id; number: number; reason?: string | undefined }): Promise<Changed>;
  /** Brings a deleted message back with the text it had; its reactions and its pin stay gone. */
  restore(who: Who, input: { channel: Id; number: number; reason?: string | undefined }): Promise<Changed>;
  pin(who: Who, input: { channel: Id; number: number; on: boolean }): Promise<Changed>;
  /** Moves the caller's read position forward, never back. Answers where it stands. */
  markRead(who: Who, input: { channel: Id; number: number }): Promise<{ number: number }>;
  typing(who: Who, input: { channel: Id }): Promise<void>;

  /** @throws not_found */
  channel(who: Who, id: Id): Promise<Channel>;
  /** Those the caller may read, in the order of `ids`; null for the rest. One query. */
  channels(who: Who, ids: readonly Id[]): Promise<(Channel | null)[]>;
  /** What the caller may do in each; nothing in one that may not be read. One query. */
  may(who: Who, ids: readonly Id[]): Promise<ChannelMay[]>;
  /** Heads in the order of `ids`; no access check: for ids the caller was already shown. One query. */
  heads(ids: readonly Id[]): Promise<(Head | null)[]>;
  /** What `ready` lists: direct and group channels, private ones I am in, public chats of my communities. Bounded by 500. */
  mine(who: Who): Promise<MyChannel[]>;
  /** The caller's read positions, in the order of `ids`, 0 where none. One query. */
  reads(who: Who, ids: readonly Id[]): Promise<number[]>;
  /** Unread messages that call the caller by name or with everyone, in the order of `ids`. One query. */
  unreadMentions(who: Who, ids: readonly Id[]): Promise<number[]>;
  communityChats(who: Who, community: Id, page: PageRequest): Promise<Page<Channel>>;
  discussions(
    who: Who,
    input: { community: Id; sort: 'latest' | 'popular' | 'unanswered'; tag?: string | undefined; author?: Id | undefined },
    page: PageRequest,
  ): Promise<Page<Discussion>>;
  /** The first page of each community's latest discussions; one query for all (GraphQL batches by this). */
  discussionsOf(
    who: Who,
    communities: readonly Id[],
    sort: 'latest' | 'popular' | 'unanswered',
    first: number,
  ): Promise<Page<Discussion>[]>;

  /** The latest discussions of all communities that the caller is a member of; of the public ones, for a guest. Latest activity first. */
  news(who: Who, page: PageRequest): Promise<Page<Discussion>>;
  /** For each community the thirty tags most used by its latest public discussions, most used first. Two queries. */
  discussionTags(who: Who, communities: readonly Id[]): Promise<string[][]>;

  /** The public discussions after this id, 10,000 at most, in the order of their ids. */
  publicDiscussions(who: Who, input: { after?: Id | undefined; limit: number }): Promise<PublicDiscussion[]>;
  /** Every so-manieth id of those, in order: where each further part of a list of them begins. */
  publicMarks(who: Who, every: number): Promise<Id[]>;

  since(who: Who, input: { channel: Id; version: number; limit?: number | undefined }): Promise<Since>;
  /** Reads for many who come from the same version what `entered` then gives to each. Two queries for all who ask at the same time. @throws not_found */
  changed(input: { channel: Id; version: number }): Promise<Changes>;
  /**
   * What `since` tells of a channel, its details, and how far the caller has read it, if the caller may read it at this moment.
   * Two queries for all who ask at the same time. @throws not_found
   */
  entered(who: Who, changes: Changes): Promise<{ log: Omit<Since, 'details'>; channel: Channel; read: number }>;
  /** By number; exactly one of before, after, around, or none for the last page. */
  page(
    who: Who,
    input: {
      channel: Id;
      before?: number | undefined;
      after?: number | undefined;
      around?: number | undefined;
      limit?: number | undefined;
    },
  ): Promise<MessagePage>;
  /** The first `first` messages after `after` of each channel, for batching; channels the caller may not read give an empty page. */
  messagesOf(who: Who, channels: readonly Id[], after: number, first: number): Promise<MessagePage[]>;
  /** Single messages, in the order asked; null where missing or not readable. One query. */
  messages(who: Who, refs: readonly { channel: Id; number: number }[]): Promise<(Message | null)[]>;
  pins(who: Who, channel: Id, page: PageRequest): Promise<Page<Message>>;
  revisions(who: Who, input: { channel: Id; number: number }): Promise<Revision[]>;
  /** Who has read up to at least this number. */
  readers(who: Who, input: { channel: Id; number: number }, page: PageRequest): Promise<Page<Reader>>;
  /** Words and beginnings of words in a chat of an application, newest first. */
  search(who: Who, input: { channel: Id; q: string }, page: PageRequest): Promise<Page<Message>>;

  /** The clean markdown as safe HTML. */
  html(body: string): string;
  /** Its beginning as plain text on one line, at most 200 characters. */
  excerpt(body: string): string;
  /** For the fan-out: may each of these still read that channel? Always fresh from the database. One query. */
  mayRead(asks: readonly { who: Who; channel: Id }[]): Promise<boolean[]>;
  /** The chat that every community begins with, within the transaction that makes the community. */
  firstChat(tx: Transaction, input: { application: Id; community: Id; person: Id }): Promise<void>;
  /** For a new member the chats of these communities begin now, within the transaction that makes the membership. */
  enterCommunities(tx: Transaction, input: { communities: readonly Id[]; person: Id }): Promise<void>;
  /** Takes a person out of all channels of a community, within the transaction that ends the membership there. */
  leaveCommunity(tx: Transaction, input: { community: Id; person: Id }): Promise<void>;
  /** The id that tells this database from an older one (L13). */
  epoch(): Promise<string>;
}
