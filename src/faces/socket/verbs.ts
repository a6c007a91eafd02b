import type { ClientFrame, ServerFrame } from '../../../contracts/wire.ts';
import type { Changed, Posted } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import { readPaged, readPeople } from './reads.ts';

/** The frames that are one call of a door and one answer. The others are the session's own. */
export type VerbFrame = Exclude<ClientFrame, { type: 'hello' | 'join' | 'leave' | 'ping' | 'sync' | 'typing' | 'watch' }>;
/** What may answer them; the session adds the frame's `id`. */
export type Answer = Extract<ServerFrame, { type: 'ack' | 'done' | 'joined' | 'left' | 'synced' | 'paged' | 'people' }>;

/** Not async: of thousands of messages under way none shall hold more promises than it needs. */
export function perform(doors: Doors, who: Who, frame: VerbFrame, next?: () => void): Promise<Answer> {
  const { conversations, reactions, bookmarks, drafts } = doors;
  switch (frame.type) {
    case 'send': {
      const { channel, key, body, replyTo } = frame;
      return conversations.post(who, { channel, key, body, replyTo, placed: next }).then((posted) => sent(posted, key));
    }
    case 'edit':
      return conversations.edit(who, { channel: frame.channel, number: frame.number, body: frame.body }).then(ack);
    case 'delete':
      return conversations.delete(who, { channel: frame.channel, number: frame.number, reason: frame.reason }).then(ack);
    case 'restore':
      return conversations.restore(who, { channel: frame.channel, number: frame.number, reason: frame.reason }).then(ack);
    case 'react':
      return reactions.react(who, { channel: frame.channel, number: frame.number, emoji: frame.emoji, on: frame.on }).then(ack);
    case 'pin':
      return conversations.pin(who, { channel: frame.channel, number: frame.number, on: frame.on }).then(ack);
    case 'bookmark':
      return bookmarks.bookmark(who, { channel: frame.channel, number: frame.number, on: frame.on }).then(done);
    case 'draft': {
      const { place, title, body, replyTo } = frame;
      return drafts.save(who, { place, title, body, replyTo }).then(done);
    }
    case 'read':
      return conversations.markRead(who, { channel: frame.channel, number: frame.number }).then(done);
    case 'page':
      return readPaged(doors, who, frame);
    case 'people':
      return readPeople(doors, who, frame.ids).then((people): Answer => ({ type: 'people', people }));
  }
}

function sent({ channel, number, version, repeated }: Posted, key: string): Answer {
  return repeated ? { type: 'ack', channel, number, version, key, repeated } : { type: 'ack', channel, number, version, key };
}

const ack = ({ channel, number, version }: Changed): Answer => ({ type: 'ack', channel, number, version });
const done = (): Answer => ({ type: 'done' });
