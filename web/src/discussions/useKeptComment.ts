import { useDebounceFn, useEventListener } from '@vueuse/core';
import { computed, nextTick, onScopeDispose, type Ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { scrollerOf } from './scroller.ts';
import type { Talk } from './talk.ts';
import type { Comments } from './useComments.ts';

/** The first comment on the screen, and how many pixels below the upper edge it begins. */
interface Kept {
  number: number;
  top: number;
}

const key = 'plazaComment';
const restMs = 150;

function isKept(kept: unknown): kept is Kept {
  return typeof kept === 'object' && kept !== null && 'number' in kept && 'top' in kept;
}

function keptNow(): Kept | null {
  const kept: unknown = history.state?.[key];
  return isKept(kept) ? kept : null;
}

/**
 * Back, forward and a reload lead to what one read. Kept by comment, with the step of the history: what is drawn before
 * it is another part of the whole each time.
 */
export function useKeptComment(article: Readonly<Ref<HTMLElement | null>>, talk: Talk, comments: Comments): void {
  const route = useRoute();
  const isReady = computed(() => article.value !== null && talk.said.value !== null && !talk.loading.value);
  let due = keptNow();

  const note = useDebounceFn(() => {
    const { value: whole } = article;
    if (whole === null || due !== null || !isReady.value) return;
    const edge = scrollerOf(whole).getBoundingClientRect().top;
    const first = [...whole.querySelectorAll('article.message[id]')].find((one) => one.getBoundingClientRect().bottom > edge);
    if (first === undefined) return;
    const kept: Kept = { number: Number(first.id.slice(1)), top: first.getBoundingClientRect().top - edge };
    history.replaceState({ ...history.state, [key]: kept }, '');
  }, restMs);

  function goTo({ number, top }: Kept): void {
    const element = document.getElementById(`m${number}`);
    if (element === null) return;
    const box = scrollerOf(element);
    box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - top;
  }

  async function arrive(): Promise<void> {
    const kept = due;
    if (kept === null || !isReady.value) return;
    if (comments.messageOf(kept.number) === undefined) await talk.goTo(kept.number);
    comments.uncover(kept.number);
    await nextTick();
    goTo(kept);
    // What is drawn on the way may be taller than it was thought to be.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        goTo(kept);
        due = null;
      }),
    );
  }

  onScopeDispose(
    useRouter().options.history.listen(() => {
      due = keptNow();
    }),
  );
  watch([isReady, () => route.fullPath], () => void arrive(), { immediate: true, flush: 'post' });
  // The pane scrolls, not the window; it is above this.
  useEventListener(document, 'scroll', () => void note(), { capture: true, passive: true });
}
