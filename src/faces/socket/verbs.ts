import type { ClientFrame, ServerFrame } from '../../../contracts/wire.ts';
import type { Changed } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import { readPaged, readPeople, readSynced } from './reads.ts';

/** The frames that are one call of a door and one answer. The others are the session's own. */
export type VerbFrame = Exclude<ClientFrame, { type: 'hello' | 'join' | 'leave' | 'ping' | 'typing' | 'watch' }>;
/** What may answer them; the session adds the frame's `id`. */
export type Answer = Extract<ServerFrame, { type: 'ack' | 'done' | 'joined' | 'left' | 'synced' | 'paged' | 'people' }>;

export async function perform(doors: Doors, who: Who, frame: VerbFrame, next?: () => void): Promise<Answer> {
  const { conversations, reactions, bookmarks, drafts } = doors;
  switch (frame.type) {
    case 'send': {
      const { channel, key, body, replyTo } = frame;
      const posted = await conversations.post(who, { channel, key, body, replyTo, placed: next });
      return { ...ack(posted), key, ...(posted.repeated && { repeated: true }) };
    }
    case 'edit':
      return ack(await conversations.edit(who, { channel: frame.channel, number: frame.number, body: frame.body }));
    case 'delete':
      return ack(await conversations.delete(who, { channel: frame.channel, number: frame.number, reason: frame.reason }));
    case 'restore':
      return ack(await conversations.restore(who, { channel: frame.channel, number: frame.number, reason: frame.reason }));
    case 'react':
      return ack(await reactions.react(who, { channel: frame.channel, number: frame.number, emoji: frame.emoji, on: frame.on }));
    case 'pin':
      return ack(await conversations.pin(who, { channel: frame.channel, number: frame.number, on: frame.on }));
    case 'bookmark':
      await bookmarks.bookmark(who, { channel: frame.channel, number: frame.number, on: frame.on });
      return { type: 'done' };
    case 'draft': {
      const { place, title, body, replyTo } = frame;
      await drafts.save(who, { place, title, body, replyTo });
      return { type: 'done' };
    }
    case 'read':
      await conversations.markRead(who, { channel: frame.channel, number: frame.number });
      return { type: 'done' };
    case 'sync':
      return readSynced(doors, who, frame);
    case 'page':
      return readPaged(doors, who, frame);
    case 'people':
      return { type: 'people', people: await readPeople(doors, who, frame.ids) };
  }
}

function ack({ channel, number, version }: Changed): Extract<ServerFrame, { type: 'ack' }> {
  return { type: 'ack', channel, number, version };
}
