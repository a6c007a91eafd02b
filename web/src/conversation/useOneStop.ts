import type { Ref } from 'vue';

/** What Tab comes to within a message. */
const tabbable = 'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), [tabindex="0"]';

/**
 * Makes a list one stop for Tab, though there is much to press in it: Tab comes to one message, then to what can be
 * pressed there, and then leaves the list. The list's first and last child are its edges, where the focus comes in.
 */
export function useOneStop(list: Readonly<Ref<HTMLElement | null>>) {
  return {
    /** An edge has the focus: on the way in it goes on to the message, on the way out the browser takes it from there. */
    onEdge({ relatedTarget }: FocusEvent): void {
      const isFromWithin = relatedTarget instanceof Node && list.value?.contains(relatedTarget) === true;
      if (!isFromWithin) list.value?.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus({ preventScroll: true });
    },
    onTab(event: KeyboardEvent): void {
      const { target, shiftKey, altKey, ctrlKey, metaKey, defaultPrevented } = event;
      if (!(target instanceof HTMLElement) || defaultPrevented || altKey || ctrlKey || metaKey) return;
      const row = target.closest<HTMLElement>('[data-row]');
      if (row === null) return;
      const inside = [...row.querySelectorAll<HTMLElement>(tabbable)].filter((one) => one.checkVisibility());
      const isLast = target === (shiftKey ? row : (inside.at(-1) ?? row));
      const edge = shiftKey ? list.value?.firstElementChild : list.value?.lastElementChild;
      if (isLast && edge instanceof HTMLElement) edge.focus({ preventScroll: true });
    },
  };
}
