import type { ChannelEvent } from '../../../contracts/events.ts';
import type { Channel, Id, Message, MessagePlace, Person, ReactionCount } from '../../../contracts/nouns.ts';
import type { ModerationEntry } from '../moderation/index.ts';

/** What a verb decided to do, once it saw the locked state. */
export type Step =
  | { do: 'post'; body: string; replyTo: number | null; mentions: Id[]; link: MessagePlace | null }
  | { do: 'edit'; message: Message; body: string; mentions: Id[] }
  | { do: 'delete'; message: Message; reason: string }
  | { do: 'restore'; message: Message; erased: Erased; reason: string }
  | { do: 'react'; message: Message; emoji: string; on: boolean }
  | { do: 'pin'; message: Message; on: boolean }
  | { do: 'link'; message: Message; link: MessagePlace }
  | {
      do: 'change';
      details: Channel;
      /** Who may read it changes too. */
      access: boolean;
      /** What is kept of it for those who keep order. */
      kept?: Pick<ModerationEntry, 'kind' | 'reason'>;
    };

/** What a deletion took from a message, kept for its return. */
export interface Erased {
  by: Id;
  body: string;
  mentions: Id[];
}

export interface Place {
  channel: string;
  /** Of the message posted or touched; the last message's for a change of the channel. */
  number: number;
  version: number;
  at: string;
}

/** The message as the step leaves it. */
export function messageAfter(step: Exclude<Step, { do: 'change' }>, place: Place, by: Person, key: string | null): Message {
  const { version, at } = place;
  switch (step.do) {
    case 'post':
      return {
        channel: place.channel,
        number: place.number,
        version,
        author: by.id,
        key,
        body: step.body,
        replyTo: step.replyTo,
        reactions: [],
        mentions: step.mentions,
        link: step.link,
        createdAt: at,
        editedAt: null,
        deletedAt: null,
        pinnedAt: null,
      };
    case 'edit':
      return { ...step.message, version, body: step.body, mentions: step.mentions, editedAt: at };
    case 'delete':
      return { ...step.message, version, body: null, reactions: [], mentions: [], deletedAt: at, pinnedAt: null };
    case 'restore':
      return { ...step.message, version, body: step.erased.body, mentions: step.erased.mentions, deletedAt: null };
    case 'react':
      return { ...step.message, version, reactions: counted(step.message.reactions, step.emoji, step.on) };
    case 'pin':
      return { ...step.message, version, pinnedAt: step.on ? at : null };
    case 'link':
      return { ...step.message, version, link: step.link };
  }
}

/** The event that tells of it. */
export function eventOf(step: Step, place: Place, by: Person, message: Message | null): ChannelEvent {
  const { channel, version, number } = place;
  if (step.do === 'change' || message === null) {
    if (step.do !== 'change') throw new Error(`a ${step.do} without a message`);
    return { type: 'changed', channel, version, by, details: step.details };
  }
  switch (step.do) {
    case 'post':
      return { type: 'posted', channel, version, by, message };
    case 'edit':
      return { type: 'edited', channel, version, by, message };
    case 'delete':
      return { type: 'deleted', channel, version, by, message };
    case 'restore':
      return { type: 'restored', channel, version, by, message };
    case 'react':
      return { type: 'reacted', channel, version, by, number, emoji: step.emoji, on: step.on, reactions: message.reactions };
    case 'pin':
      return { type: 'pinned', channel, version, by, number, pinnedAt: message.pinnedAt };
    case 'link':
      return { type: 'linked', channel, version, by, number, link: message.link };
  }
}

/** Counts in order of first use; an emoji nobody has left is gone. */
function counted(counts: readonly ReactionCount[], emoji: string, on: boolean): ReactionCount[] {
  const by = on ? 1 : -1;
  const next = counts.map((c) => (c.emoji === emoji ? { emoji, count: c.count + by } : c)).filter((c) => c.count > 0);
  return on && !counts.some((c) => c.emoji === emoji) ? [...next, { emoji, count: 1 }] : next;
}
