import { readonly, ref, shallowRef, watch } from 'vue';
import type { CommunityPageData } from './documents.ts';

interface Answer {
  found: CommunityPageData | null;
  loading: boolean;
  failed: boolean;
}

/**
 * What is shown of a community while it is asked for again and again: the last that was seen, until the server says that
 * there is nothing any more. Then `lost` is its name.
 */
export function useAccess(slug: () => string, answer: () => Answer) {
  const shown = shallowRef<CommunityPageData | null>(null);
  const lost = ref<string | null>(null);
  watch(slug, () => {
    shown.value = null;
    lost.value = null;
  });
  watch(
    answer,
    ({ found, loading, failed }) => {
      if (found !== null && found.slug === slug()) {
        shown.value = found;
        lost.value = null;
      } else if (!loading && !failed && shown.value !== null) {
        lost.value = shown.value.name;
        shown.value = null;
      }
    },
    { immediate: true },
  );
  return { shown: readonly(shown) as typeof shown, lost: readonly(lost) };
}
