import { nextTick, ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { t } from '../texts/index.ts';
import { toast } from '../ui/toast.ts';
import { scrollTo } from './scroller.ts';
import type { Talk } from './talk.ts';
import type { Comments } from './useComments.ts';

/** Which comment of this entry of the history was shown already: back keeps the place instead. */
const shownAs = 'shown';

/** The comment that the address names: loaded, uncovered, brought to the middle of the screen and marked. */
export function usePermalink(talk: Talk, comments: Comments, number: () => number | null) {
  const router = useRouter();
  const route = useRoute();
  const highlighted = ref(number());

  async function bring(target: number, smoothly: boolean): Promise<void> {
    if (comments.messageOf(target) === undefined && !(await talk.goTo(target))) {
      toast({ text: t('discussions.noSuchComment', { number: target }), kind: 'problem' });
      return;
    }
    comments.uncover(target);
    await nextTick();
    const element = document.getElementById(`m${target}`);
    if (element === null) return;
    scrollTo(element, smoothly);
    // What is drawn on the way may be taller than it was thought to be.
    requestAnimationFrame(() => requestAnimationFrame(() => !smoothly && scrollTo(element, false)));
    element.focus({ preventScroll: true });
  }

  async function arrive(): Promise<void> {
    const target = number();
    highlighted.value = target;
    if (target === null || target === 1 || talk.said.value === null || talk.loading.value || history.state?.[shownAs] === target) return;
    history.replaceState({ ...history.state, [shownAs]: target }, '');
    await bring(target, false);
  }

  watch([() => talk.said.value !== null && !talk.loading.value, number, () => route.fullPath], () => void arrive(), {
    immediate: true,
    flush: 'post',
  });

  return {
    highlighted,
    /** The address follows, so that it can be copied; it is no new step of the history. */
    show(target: number): void {
      highlighted.value = target;
      void router.replace({ params: { ...route.params, number: String(target) } });
      history.replaceState({ ...history.state, [shownAs]: target }, '');
      void bring(target, true);
    },
  };
}
