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
 * How far was read without a gap, once this is on the screen too: what one scrolls past counts, what one is led over by a
 * link or a jump does not, until one comes to the end.
 */
export function reached(before: number, { first, last, isEnd }: Pick<Visible, 'first' | 'last' | 'isEnd'>): number {
  return isEnd || first <= before + 1 ? Math.max(before, last) : before;
}

/** Marks read what was seen. @param read the caller's read position as it is now */
export function useReading(
  visible: Ref<Visible | null>,
  inFront: Readonly<Ref<boolean>>,
  read: () => number,
  mark: (number: number) => void,
): void {
  let timer = 0;
  let until = 0;

  watch(
    [visible, inFront],
    () => {
      window.clearTimeout(timer);
      const { value: now } = visible;
      if (now === null || !inFront.value) return;
      until = reached(Math.max(until, read()), now);
      if (until > read()) timer = window.setTimeout(() => mark(until), seenMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => window.clearTimeout(timer));
}
