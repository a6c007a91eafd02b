/** In which order channels stand in the side bar, and so for the keys that go through them. */
import type { Id } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { conversations, unread } from '../people/names.ts';
import { live } from '../wire/session.ts';
import { callsIn } from './unread.ts';

export interface SideChat {
  id: Id;
  name: string;
  isPrivate: boolean;
  /** Only moderators write there. */
  isNews: boolean;
  unread: number;
  mentions: number;
}

function mineIn(community: Id): MyChannel[] {
  const chats = [...live.value.channels.values()].filter(
    ({ channel }) => channel.kind === 'chat' && channel.community === community && !channel.archived,
  );
  return chats.toSorted((a, b) => (BigInt(a.channel.id) < BigInt(b.channel.id) ? -1 : 1));
}

/** My chats of a community, the oldest first: the general one was made first. */
export function chatsOf(community: Id): SideChat[] {
  return mineIn(community).map((mine) => ({
    id: mine.channel.id,
    name: mine.channel.name ?? '',
    isPrivate: mine.channel.visibility === 'private',
    isNews: mine.channel.posting === 'moderators',
    unread: unread(mine),
    mentions: callsIn(mine),
  }));
}

/** Every channel of mine: community by community, then the personal ones. */
export function allInOrder(): MyChannel[] {
  return [...live.value.communities.flatMap(({ community }) => mineIn(community.id)), ...conversations(live.value.channels)];
}
