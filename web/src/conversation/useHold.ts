import { nextTick, type Ref, watch } from 'vue';

export interface Hold {
  /** The virtual list has measured rows and not moved any yet. */
  measured(): void;
  /** It keeps another place from now on. */
  release(): void;
}

/**
 * From the moment when rows came or went at the start until one pauses in scrolling, the virtual list keeps its place
 * from the end: what it measures below would move what one reads. Then the first message on the screen is held instead.
 * @param shift whether the rows, as they are now, came or went at the start
 */
export function useHold(box: Readonly<Ref<HTMLElement | null>>, rows: Readonly<Ref<unknown>>, shift: Readonly<Ref<boolean>>): Hold {
  let isFromEnd = false;
  watch(
    rows,
    () => {
      if (shift.value) isFromEnd = true;
    },
    { flush: 'sync' },
  );

  function firstOnScreen(scroller: HTMLElement): HTMLElement | undefined {
    const { top } = scroller.getBoundingClientRect();
    return [...scroller.querySelectorAll<HTMLElement>('[data-row]')].find(
      (row) => row.getBoundingClientRect().bottom > top && row.checkVisibility({ visibilityProperty: true }),
    );
  }

  return {
    measured() {
      const { value: scroller } = box;
      const held = isFromEnd && scroller !== null ? firstOnScreen(scroller) : undefined;
      if (held === undefined) return;
      const before = held.getBoundingClientRect().top;
      void nextTick(() => {
        const moved = held.isConnected ? held.getBoundingClientRect().top - before : 0;
        if (Math.abs(moved) >= 1) scroller?.scrollBy({ top: moved, behavior: 'instant' });
      });
    },
    release() {
      isFromEnd = false;
    },
  };
}
