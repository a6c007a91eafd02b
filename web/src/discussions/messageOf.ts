import type { Id, Message, Person } from '../../../contracts/nouns.ts';
import { everyone } from '../../../contracts/nouns.ts';
import type { MessageData } from './messageDocuments.ts';

const nobody: Id = '';

/** A message as the socket tells it, of what GraphQL answered. */
export function messageOf(channel: Id, data: MessageData): Message {
  const { number, version, key, body, createdAt, editedAt, deletedAt, pinnedAt } = data;
  return {
    channel,
    number,
    version,
    author: data.author?.id ?? nobody,
    key,
    body,
    replyTo: data.replyTo?.number ?? null,
    reactions: data.reactions.map(({ emoji, count }) => ({ emoji, count })),
    mentions: [...data.mentions.map(({ id }) => id), ...(data.mentionsEveryone ? [everyone] : [])],
    link: data.link?.channel ? { channel: data.link.channel.id, number: data.link.number } : null,
    createdAt,
    editedAt,
    deletedAt,
    pinnedAt,
  };
}

/** The authors, by id. */
export function peopleOf(messages: readonly MessageData[]): Map<Id, Person> {
  return new Map(messages.flatMap(({ author }) => (author === null ? [] : [[author.id, author]])));
}
