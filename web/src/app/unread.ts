/** What waits to be read, counted: of a channel, of a community, for me. */
import { computed } from 'vue';
import type { Id } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { unread } from '../people/names.ts';
import { live } from '../wire/session.ts';

export interface Waiting {
  unread: number;
  /** How many of them call me: mentions, and all that is written to me directly. */
  mentions: number;
}

export function isPersonal({ channel }: MyChannel): boolean {
  return channel.kind === 'direct' || channel.kind === 'group';
}

/** Of each community, by its id; under the empty id what is personal. */
const waiting = computed(() => {
  const counts = new Map<Id, Waiting>();
  for (const mine of live.value.channels.values()) {
    const place = isPersonal(mine) ? '' : (mine.channel.community ?? '');
    const before = counts.get(place) ?? { unread: 0, mentions: 0 };
    const fresh = unread(mine);
    counts.set(place, { unread: before.unread + fresh, mentions: before.mentions + callsIn(mine) });
  }
  return counts;
});

/** How much of a channel calls me. In a direct channel everything does. */
export function callsIn(mine: MyChannel): number {
  return mine.channel.kind === 'direct' ? unread(mine) : mine.mentions;
}

export function waitingIn(community: Id): Waiting {
  return waiting.value.get(community) ?? { unread: 0, mentions: 0 };
}

export const waitingPersonally = computed(() => waitingIn(''));
/** Everything that calls me, anywhere. */
export const forMe = computed(() => [...waiting.value.values()].reduce((sum, { mentions }) => sum + mentions, 0));
export const unreadInAll = computed(() => [...waiting.value.values()].reduce((sum, { unread: count }) => sum + count, 0));
