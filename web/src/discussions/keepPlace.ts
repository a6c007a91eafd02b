import { nextTick } from 'vue';
import { scrollerOf } from './scroller.ts';

/** Adds something above what one reads, and what one reads stays where it is: where the browser does not see to it. */
export async function keepPlace(element: HTMLElement, add: () => void): Promise<void> {
  const box = scrollerOf(element);
  const before = box.scrollHeight;
  const top = box.scrollTop;
  add();
  await nextTick();
  if (box.scrollTop === top) box.scrollTop = top + box.scrollHeight - before;
}
