import { nextTick } from 'vue';
import { scrollerOf } from './scroller.ts';

/** Frames after which what was added has the height that it has. */
const frames = 4;

/** Adds something above what one reads, and what one reads stays where it is. @param list in which it is added */
export async function addAbove(list: HTMLElement, add: () => void): Promise<void> {
  const box = scrollerOf(list);
  const edge = box.getBoundingClientRect().top;
  const read = [...list.querySelectorAll('article')].find((one) => one.getBoundingClientRect().bottom > edge);
  const top = read?.getBoundingClientRect().top ?? 0;
  add();
  await nextTick();
  for (let frame = 0; frame < frames && read?.isConnected; frame++) {
    box.scrollTop += read.getBoundingClientRect().top - top;
    await new Promise(requestAnimationFrame);
  }
}
