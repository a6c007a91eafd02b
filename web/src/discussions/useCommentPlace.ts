import { useDebounceFn, useEventListener } from '@vueuse/core';
import { computed, nextTick, onScopeDispose, type Ref, ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { t } from '../texts/index.ts';
import { toast } from '../ui/toast.ts';
import { middleOf, scrollerOf, scrollTo } from './scroller.ts';
import type { Talk } from './talk.ts';
import type { Comments } from './useComments.ts';

/** The first comment on the screen, and how many pixels below the upper edge it begins. */
interface Kept {
  number: number;
  top: number;
}

/** With each step of the history by comment, not by height: what is drawn before it is another part of the whole each time. */
const key = 'plazaComment';
const restMs = 150;

function isKept(kept: unknown): kept is Kept {
  return typeof kept === 'object' && kept !== null && 'number' in kept && 'top' in kept;
}

function keptNow(): Kept | null {
  const kept: unknown = history.state?.[key];
  return isKept(kept) ? kept : null;
}

function keep(kept: Kept | null): void {
  history.replaceState({ ...history.state, [key]: kept }, '');
}

/**
 * Where one reads a discussion. Back, forward and a reload lead to what one read last in that step of the history; a step
 * that is new leads to the comment that the address names, if it names one: loaded, uncovered, in the middle, marked.
 * @param whole the discussion as it is drawn
 * @param number of the address
 */
export function useCommentPlace(
  whole: Readonly<Ref<HTMLElement | null>>,
  talk: Talk,
  comments: Comments,
  number: () => number | null,
): { highlighted: Readonly<Ref<number | null>>; show(target: number): void } {
  const router = useRouter();
  const route = useRoute();
  const highlighted = ref(number());
  const isReady = computed(() => whole.value !== null && talk.said.value !== null && !talk.loading.value);
  /** Where it has yet to go; `top` null: to the middle. */
  let due: { number: number; top: number | null } | null = begin();

  function begin(): typeof due {
    const target = number();
    return keptNow() ?? (target === null || target === 1 ? null : { number: target, top: null });
  }

  async function arrive(smoothly: boolean): Promise<void> {
    const aim = due;
    if (aim === null || !isReady.value) return;
    const isThere = comments.messageOf(aim.number) !== undefined || (await talk.goTo(aim.number));
    if (due !== aim) return;
    if (!isThere) {
      due = null;
      toast({ text: t('discussions.noSuchComment', { number: aim.number }), kind: 'problem' });
      return;
    }
    comments.uncover(aim.number);
    await nextTick();
    due = null;
    const element = document.getElementById(`m${aim.number}`);
    if (element === null) return;
    scrollTo(element, aim.top ?? middleOf(element), smoothly);
    if (aim.top === null) element.focus({ preventScroll: true });
  }

  const note = useDebounceFn(() => {
    if (whole.value === null || due !== null || !isReady.value) return;
    const edge = scrollerOf(whole.value).getBoundingClientRect().top;
    const first = [...whole.value.querySelectorAll('article.message[id]')].find((one) => one.getBoundingClientRect().bottom > edge);
    if (first !== undefined) keep({ number: Number(first.id.slice(1)), top: first.getBoundingClientRect().top - edge });
  }, restMs);

  watch(isReady, () => void arrive(false), { immediate: true, flush: 'post' });
  watch(
    () => route.fullPath,
    () => {
      highlighted.value = number();
      due ??= begin();
      void arrive(false);
    },
    { flush: 'post' },
  );
  // Before the route changes: what the address names is known after.
  onScopeDispose(
    router.options.history.listen(() => {
      due = keptNow();
    }),
  );
  // The pane scrolls, not the window; it is above this.
  useEventListener(document, 'scroll', () => void note(), { capture: true, passive: true });

  return {
    highlighted,
    /** Leads to a comment. The address follows, so that it can be copied; it is no new step of the history. */
    show(target) {
      keep(null);
      due = { number: target, top: null };
      highlighted.value = target;
      void router.replace({ params: { ...route.params, number: String(target) } });
      void arrive(true);
    },
  };
}
