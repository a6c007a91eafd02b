import { nextTick, readonly, ref } from 'vue';

/** By then it was heard, or waits with the screen reader. */
const saidMs = 5_000;

const text = ref('');
let timer = 0;
export const announced = readonly(text);

/** Says something to those who listen to the page instead of looking at it, when they are ready to hear it. */
export async function announce(words: string): Promise<void> {
  // The same words again are only heard if they were away in between.
  text.value = '';
  await nextTick();
  text.value = words;
  // What it tells of may be deleted, and is not to be found here then.
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    text.value = '';
  }, saidMs);
}
