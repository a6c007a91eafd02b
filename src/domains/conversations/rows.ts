import type { Channel, ChannelKind, Id, Message, Posting, ReactionCount, Visibility } from '../../../contracts/nouns.ts';
import { isoTime, type Sql } from '../../engines/postgres/index.ts';

/** A row of channels, as every query here reads it. */
export interface ChannelRow {
  id: Id;
  application: Id;
  community: Id | null;
  kind: ChannelKind;
  name: string | null;
  topic: string;
  photo: string | null;
  tags: string[];
  visibility: Visibility;
  posting: Posting;
  chat_number: number | null;
  created_by: Id | null;
  created_at: Date;
  archived_at: Date | null;
  changed_version: number;
  accepted: number | null;
}

export interface MessageRow extends OwnRow {
  channel: Id;
}

/** A message without its channel, where that is known: each column of each row costs. */
export interface OwnRow {
  number: number;
  version: number;
  author: Id;
  reply_to: number | null;
  key: string | null;
  body: string | null;
  reactions: ReactionCount[] | null;
  /** Kept for its return when the message is deleted. */
  mentions: Id[] | null;
  link_channel: Id | null;
  link_number: number | null;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
  pinned_at: string | null;
}

/** The columns of a `ChannelRow`. */
export function channelColumns(sql: Sql) {
  return sql`id, application, community, kind, name, topic, photo, tags, visibility, posting, chat_number, created_by, created_at, archived_at, changed_version, accepted`;
}

/** The columns of a `MessageRow`. An `order by` a time names the table's own. */
export function messageColumns(sql: Sql) {
  return sql`channel, ${ownColumns(sql)}`;
}

/** The columns of an `OwnRow`: times as text, and without `words`, which nobody reads. */
export function ownColumns(sql: Sql) {
  return sql`number, version, author, reply_to, key, body, reactions, mentions, link_channel, link_number, created_at::text,
    edited_at::text, deleted_at::text, pinned_at::text`;
}

export function toChannel(row: ChannelRow): Channel {
  return {
    id: row.id,
    kind: row.kind,
    community: row.community,
    name: row.name,
    topic: row.topic,
    photo: row.photo,
    tags: row.tags,
    visibility: row.visibility,
    posting: row.posting,
    archived: row.archived_at !== null,
    accepted: row.accepted,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    chatNumber: row.chat_number,
  };
}

export function toMessage(row: MessageRow): Message {
  return messageIn(row.channel, row);
}

export function messageIn(channel: Id, row: OwnRow): Message {
  return {
    channel,
    number: row.number,
    version: row.version,
    author: row.author,
    key: row.key,
    body: row.body,
    replyTo: row.reply_to,
    reactions: row.reactions ?? [],
    mentions: row.deleted_at === null ? (row.mentions ?? []) : [],
    link: row.link_channel === null || row.link_number === null ? null : { channel: row.link_channel, number: row.link_number },
    createdAt: isoTime(row.created_at),
    editedAt: row.edited_at === null ? null : isoTime(row.edited_at),
    deletedAt: row.deleted_at === null ? null : isoTime(row.deleted_at),
    pinnedAt: row.pinned_at === null ? null : isoTime(row.pinned_at),
  };
}
