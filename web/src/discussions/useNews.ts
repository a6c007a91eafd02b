import { computed, shallowRef, watch } from 'vue';
import type { Channel } from '../../../contracts/nouns.ts';
import { useHeard } from '../wire/session.ts';
import { useGlances } from '../wire/useGlances.ts';
import { newsAmong, type Shown } from './newsAmong.ts';

export interface NewsOf {
  shown(): readonly Shown[];
  /** Asks for the latest discussions that this list would show. */
  latest(): Promise<readonly Shown[]>;
  /** Whether this new discussion belongs into the list. */
  concerns(channel: Channel): boolean;
}

/**
 * How many discussions are new or have new comments since they were listed. New ones are heard of as they come; comments in
 * those that are not open are looked for.
 */
export function useNews({ shown, latest, concerns }: NewsOf) {
  const known = shallowRef<readonly Shown[]>([]);
  watch(shown, (now) => {
    known.value = now;
  });
  useHeard((event) => {
    if (event.type !== 'channel_created' || event.channel.kind !== 'discussion' || !concerns(event.channel)) return;
    known.value = [{ id: event.channel.id, lastNumber: 1 }, ...known.value];
  });
  useGlances(async () => {
    const before = shown();
    if (before.length === 0) return;
    const found = await latest();
    if (shown() === before) known.value = found;
  });
  return computed(() => newsAmong(known.value, shown()));
}
