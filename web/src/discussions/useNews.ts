import { computed, shallowRef, watch } from 'vue';
import type { Channel } from '../../../contracts/nouns.ts';
import { useHeard } from '../wire/session.ts';
import { useGlances } from '../wire/useGlances.ts';
import { newsAmong, type Shown, withNew } from './newsAmong.ts';

export interface NewsOf {
  shown(): readonly Shown[];
  /** What is shown is being asked for. */
  asking(): boolean;
  /** Asks for the latest discussions that this list would show. */
  latest(): Promise<readonly Shown[]>;
  /** Whether this new discussion belongs into the list. */
  concerns(channel: Channel): boolean;
}

/**
 * How many discussions are new or have new comments since they were listed. New ones are heard of as they come; comments in
 * those that are not open are looked for.
 */
export function useNews({ shown, asking, latest, concerns }: NewsOf) {
  const known = shallowRef<readonly Shown[]>([]);
  /** All that were heard of, in their order. No answer is sure to have those since its question. */
  const heard: Shown[] = [];
  let asked = 0;
  watch(
    asking,
    (now) => {
      if (now) asked = heard.length;
    },
    { flush: 'sync' },
  );
  watch(shown, (now, before) => {
    // With further pages of it nothing that is new is shown.
    if (now[0] === undefined || now[0] !== before[0]) known.value = withNew(now, heard.slice(asked));
  });
  useHeard((event) => {
    if (event.type !== 'channel_created' || event.channel.kind !== 'discussion' || !concerns(event.channel)) return;
    heard.push({ id: event.channel.id, lastNumber: 1 });
    known.value = withNew(known.value, heard.slice(-1));
  });
  useGlances(async () => {
    const before = shown();
    if (before.length === 0) return;
    const since = heard.length;
    const found = await latest();
    if (shown() === before) known.value = withNew(found, heard.slice(since));
  });
  return computed(() => newsAmong(known.value, shown()));
}
