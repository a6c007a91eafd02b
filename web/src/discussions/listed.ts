import type { Personal } from '../../../client/client.ts';
import type { Id } from '../../../contracts/nouns.ts';

/** A discussion as the side bar has it. */
export interface Listed {
  id: Id;
  title: string;
  read: number;
  lastNumber: number;
  unread: number;
  unreadMentions: number;
}

/** A list of a community's discussions after something was heard: new ones first, what was read, who was called. */
export function listedAfter(list: readonly Listed[], event: Personal, { community, me }: { community: Id; me: Id }): readonly Listed[] {
  switch (event.type) {
    case 'channel_created': {
      const { id, kind, name, community: its } = event.channel;
      if (kind !== 'discussion' || its !== community || list.some((one) => one.id === id)) return list;
      return [
        { id, title: name ?? '', read: 0, lastNumber: 1, unread: 1, unreadMentions: 0 },
        ...list.slice(0, Math.max(7, list.length - 1)),
      ];
    }
    case 'read':
      return changed(list, event.channel, (one) => upTo(one, { read: event.number }));
    case 'mentioned':
      return changed(list, event.channel, (one) => called(one, event));
    case 'everyone_mentioned':
      return event.by === me ? list : changed(list, event.channel, (one) => called(one, event));
    default:
      return list;
  }
}

/** An answer that may be from before some of what was heard. Calls are left alone: counted in it, they would count twice. */
export function caughtUp(list: readonly Listed[], heard: readonly Personal[], about: { community: Id; me: Id }): readonly Listed[] {
  return heard
    .filter(({ type }) => type === 'channel_created' || type === 'read')
    .reduce((after, event) => listedAfter(after, event, about), list);
}

function changed(list: readonly Listed[], id: Id, change: (one: Listed) => Listed): readonly Listed[] {
  return list.some((one) => one.id === id) ? list.map((one) => (one.id === id ? change(one) : one)) : list;
}

function called(one: Listed, { number, on }: { number: number; on: boolean }): Listed {
  if (number <= one.read) return one;
  return { ...upTo(one, { lastNumber: number }), unreadMentions: Math.max(0, one.unreadMentions + (on ? 1 : -1)) };
}

/** Both only go forward. What called me is read when all is. */
function upTo(one: Listed, to: { read?: number; lastNumber?: number }): Listed {
  const read = Math.max(one.read, to.read ?? 0);
  const lastNumber = Math.max(one.lastNumber, to.lastNumber ?? 0, read);
  return { ...one, read, lastNumber, unread: lastNumber - read, unreadMentions: read === lastNumber ? 0 : one.unreadMentions };
}
