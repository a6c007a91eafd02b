/** How the connection looks to somebody who does not want to hear of every blink. */
import { readonly, ref, watch } from 'vue';
import { client, live } from '../wire/session.ts';

/** A cut that lasts less is nobody's business. */
const blinkMs = 1_500;
/** So long a first connection may take before it is told as missing. */
const firstMs = 4_000;

const shown = ref<'live' | 'coming' | 'away'>('coming');
export const connection = readonly(shown);

watch(
  () => [live.value.connection.at, client.value] as const,
  ([at, now], before, onCleanup) => {
    if (now === null || at === 'live') {
      shown.value = now === null ? 'coming' : 'live';
      return;
    }
    if (before?.[1] !== now) shown.value = 'coming';
    if (shown.value === 'away') return;
    const timer = setTimeout(
      () => {
        shown.value = 'away';
      },
      shown.value === 'live' || at === 'waiting' ? blinkMs : firstMs,
    );
    onCleanup(() => clearTimeout(timer));
  },
  { immediate: true },
);
