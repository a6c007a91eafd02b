import { useDocumentVisibility, useWindowFocus } from '@vueuse/core';
import { computed, onScopeDispose, type Ref, watch } from 'vue';

/** What is on the screen of a conversation, by number. */
export interface Visible {
  first: number;
  last: number;
  /** Where the first of them lies, in pixels below the upper edge (above it: negative). */
  offset: number;
  /** The last message of the conversation is among them. */
  isEnd: boolean;
}

/** A message counts as read when it was on the screen for so long, with the window in front. */
const seenMs = 1000;

/** True while somebody may be looking at this page. */
export function useInFront(): Readonly<Ref<boolean>> {
  const visibility = useDocumentVisibility();
  const focused = useWindowFocus();
  return computed(() => visibility.value === 'visible' && focused.value);
}

/**
 * Marks read what was seen. Who is led by a link far ahead of what was read has not read what lies between: that counts
 * once one comes to it, or to the end.
 * @param read the caller's read position as it is now
 */
export function useReading(visible: Ref<Visible | null>, inFront: Readonly<Ref<boolean>>, read: () => number, mark: (number: number) => void): void {
  let timer = 0;

  watch(
    [visible, inFront],
    () => {
      window.clearTimeout(timer);
      const { value: now } = visible;
      if (now === null || !inFront.value || now.last <= read()) return;
      timer = window.setTimeout(() => {
        if (now.isEnd || now.first <= read() + 1) mark(now.last);
      }, seenMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => window.clearTimeout(timer));
}
