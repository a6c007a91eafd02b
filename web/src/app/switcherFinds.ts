/** What the quick switcher finds: pages, communities, channels, people. */
import { Bookmark, Compass, Hash, House, Lock, MessageCirclePlus, Palette, User, Users } from '@lucide/vue';
import type { Component } from 'vue';
import type { RouteLocationRaw } from 'vue-router';
import type { Person } from '../../../contracts/nouns.ts';
import { channelName, unread } from '../people/names.ts';
import { t } from '../texts/index.ts';
import { live } from '../wire/session.ts';
import { similarity } from './fuzzy.ts';
import { placeOf } from './places.ts';
import { allInOrder } from './sideOrder.ts';
import { callsIn } from './unread.ts';

export interface Find {
  key: string;
  label: string;
  /** Where it belongs, or what it is. */
  hint: string;
  to: RouteLocationRaw;
  icon?: Component;
  person?: Person;
  community?: { id: string; name: string };
  unread: number;
  mentions: number;
  /** By this it is known among the recent ones. */
  visited?: string;
}

const shownAtMost = 30;
const none = { unread: 0, mentions: 0 };

function pages(): Find[] {
  return [
    { key: 'home', label: t('app.home'), hint: '', to: { name: 'home' }, icon: House, ...none },
    { key: 'messages/new', label: t('app.newMessage'), hint: '', to: { name: 'new-message' }, icon: MessageCirclePlus, ...none },
    { key: 'directory', label: t('app.directory'), hint: '', to: { name: 'communities' }, icon: Compass, ...none },
    { key: 'bookmarks', label: t('app.bookmarks'), hint: '', to: { name: 'bookmarks' }, icon: Bookmark, ...none },
    { key: 'you', label: t('app.you'), hint: '', to: { name: 'you' }, icon: User, ...none },
    { key: 'appearance', label: t('app.appearance'), hint: '', to: { name: 'appearance' }, icon: Palette, ...none },
  ];
}

function communities(): Find[] {
  return live.value.communities.map(({ community }) => ({
    key: `community ${community.id}`,
    label: community.name,
    hint: t('app.community'),
    to: { name: 'community', params: { slug: community.slug } },
    community,
    visited: community.slug,
    ...none,
  }));
}

function channels(): Find[] {
  const names = new Map(live.value.communities.map(({ community }) => [community.id, community.name]));
  return allInOrder().map((mine): Find => {
    const { channel, people } = mine;
    const other = channel.kind === 'direct' ? people[0] : undefined;
    return {
      key: `channel ${channel.id}`,
      label: channelName(channel, people),
      hint:
        other !== undefined ? `@${other.handle}` : channel.kind === 'group' ? t('app.group') : (names.get(channel.community ?? '') ?? ''),
      to: placeOf(channel),
      ...(other !== undefined
        ? { person: other }
        : { icon: channel.kind === 'group' ? Users : channel.visibility === 'private' ? Lock : Hash }),
      unread: unread(mine),
      mentions: callsIn(mine),
      visited: channel.id,
    };
  });
}

/** Of what is known here the best fits; before anything is typed what waits for me, then where I was lately. */
export function findHere(typed: string, lately: readonly string[]): Find[] {
  const known = [...channels(), ...communities()];
  if (typed.trim() === '') {
    const rank = (find: Find) => {
      const at = lately.indexOf(find.visited ?? '');
      return (find.mentions > 0 ? 0 : 1_000) + (at !== -1 ? at : find.unread > 0 ? 500 : 600);
    };
    return [...known.toSorted((a, b) => rank(a) - rank(b)).slice(0, 12), ...pages()];
  }
  const late = (find: Find) => (lately.includes(find.visited ?? '') ? 0.2 : 0);
  return [...known, ...pages()]
    .map((find) => ({
      find,
      score: Math.max(similarity(typed, find.label), find.person === undefined ? 0 : similarity(typed, find.person.handle)),
    }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score + late(b.find) - a.score - late(a.find))
    .slice(0, shownAtMost)
    .map(({ find }) => find);
}

/** Somebody found in the directory. */
export function asFind(person: Person): Find {
  return {
    key: `person ${person.id}`,
    label: person.name,
    hint: `@${person.handle}`,
    to: { name: 'person', params: { handle: person.handle } },
    person,
    ...none,
  };
}
