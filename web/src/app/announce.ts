import { nextTick, readonly, ref } from 'vue';

const text = ref('');
export const announced = readonly(text);

/** Says something to those who listen to the page instead of looking at it, when they are ready to hear it. */
export async function announce(words: string): Promise<void> {
  // The same words again are only heard if they were away in between.
  text.value = '';
  await nextTick();
  text.value = words;
}
