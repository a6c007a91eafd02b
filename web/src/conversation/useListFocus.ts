import { computed, type Ref, ref } from 'vue';
import type { Row } from './rows.ts';

export interface ListFocus {
  /** The message that has the focus, or had it last. */
  active: Ref<string | null>;
  /** Its index, for it to stay drawn while it is off the screen: the focus is never lost. */
  kept: Readonly<Ref<number[]>>;
  /** Brings the focus to the active message once it is drawn. */
  take(): Promise<void>;
  onFocusIn(event: FocusEvent): void;
  onKey(event: KeyboardEvent): void;
}

const mostFrames = 10;

/**
 * One stop for Tab, and from there the arrows go from message to message.
 * @param go shows the row at an index, wherever it is
 * @param others what other keys do on a message; an arrow beyond the edge is among them
 */
export function useListFocus(
  box: Readonly<Ref<HTMLElement | null>>,
  rows: () => readonly Row[],
  go: (index: number, isUp: boolean) => void,
  others: (event: KeyboardEvent, row: Row) => void,
): ListFocus {
  const active = ref<string | null>(null);

  function rowAt(target: EventTarget | null): Row | null {
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    return element === null ? null : (rows().find(({ id }) => id === element.dataset['row']) ?? null);
  }

  async function take(): Promise<void> {
    // What the focus leaves may ask for it once more meanwhile.
    const { value: aim } = active;
    for (let frames = 0; frames < mostFrames && aim !== null; frames++) {
      await new Promise(requestAnimationFrame);
      const element = box.value?.querySelector<HTMLElement>(`[data-row="${CSS.escape(aim)}"]`);
      element?.focus({ preventScroll: true });
      // Until it is measured it is not seen and cannot have the focus.
      if (element && document.activeElement === element) return;
    }
  }

  return {
    active,
    kept: computed(() => {
      const index = active.value === null ? -1 : rows().findIndex(({ id }) => id === active.value);
      return index === -1 ? [] : [index];
    }),
    take,
    onFocusIn(event) {
      active.value = rowAt(event.target)?.id ?? active.value;
    },
    onKey(event) {
      const row = rowAt(event.target);
      // Within a message keys belong to what has the focus there.
      const isOnRow = event.target instanceof HTMLElement && event.target.dataset['row'] !== undefined;
      if (row === null || !isOnRow || event.defaultPrevented) return;
      const index = rows().indexOf(row);
      const aims: Record<string, number> = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows().length - 1 };
      const aim = event.ctrlKey || event.metaKey || event.altKey ? undefined : aims[event.key];
      const next = aim === undefined ? undefined : rows()[aim];
      if (aim === undefined || next === undefined) return others(event, row);
      event.preventDefault();
      active.value = next.id;
      go(aim, aim < index);
      void take();
    },
  };
}
