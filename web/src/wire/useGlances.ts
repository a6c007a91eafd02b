import { useDocumentVisibility, useWindowFocus } from '@vueuse/core';
import { onScopeDispose, watch } from 'vue';
import { isOnline, isSignedIn } from './session.ts';

const [leastMs, mostMs] = [60_000, 90_000];
/** After a restart of the server everybody comes back at once. */
const backMs = 5_000;

/**
 * Asks for what no event tells, quietly: when the window comes to the front, now and then while it is there, and a while after
 * the connection came back. Nobody asked for it, so a refusal is left alone: the next look may succeed.
 */
export function useGlances(look: () => Promise<void>): void {
  const visibility = useDocumentVisibility();
  const focused = useWindowFocus();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function after(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void glance(), ms);
  }
  async function glance(): Promise<void> {
    after(leastMs + Math.random() * (mostMs - leastMs));
    if (visibility.value === 'visible' && isSignedIn() && isOnline.value) await look().catch(() => {});
  }

  watch(focused, (isFront) => isFront && void glance());
  watch(isOnline, (isBack) => isBack && after(Math.random() * backMs));
  after(leastMs + Math.random() * (mostMs - leastMs));
  onScopeDispose(() => clearTimeout(timer));
}
