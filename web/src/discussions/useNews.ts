import { useDocumentVisibility, useIntervalFn, useWindowFocus } from '@vueuse/core';
import { ref, watch } from 'vue';
import { ask } from '../wire/graphql.ts';
import { isSignedIn } from '../wire/session.ts';
import { Heads } from './documents.ts';
import { newsAmong, type Shown } from './newsAmong.ts';

const everyMs = 60_000;

/**
 * How many discussions of a community are new or have new comments since they were listed. Asked quietly when the window
 * comes to the front, and now and then while it is there.
 */
export function useNews(asked: () => { slug: string; tag: string | null }, shown: () => readonly Shown[]) {
  const count = ref(0);
  const visibility = useDocumentVisibility();
  const focused = useWindowFocus();

  async function look(): Promise<void> {
    if (visibility.value !== 'visible' || !isSignedIn() || shown().length === 0) return;
    const question = asked();
    try {
      const { community } = await ask(Heads, question);
      const now = asked();
      if (now.slug !== question.slug || now.tag !== question.tag) return;
      count.value = newsAmong(community?.discussions.nodes ?? [], shown());
    } catch {
      // Nobody asked for this: what is shown stays, and the next look may succeed.
    }
  }

  watch(focused, (isFront) => isFront && void look());
  useIntervalFn(() => void look(), everyMs);
  watch([() => JSON.stringify(asked()), shown], () => {
    count.value = 0;
  });
  return count;
}
