import { onScopeDispose, type Ref, watch } from 'vue';
import { useInFront } from '../conversation/useReading.ts';

const secondMs = 1000;

/** Calls back when this element was on the screen for a second, with the window in front; again after it was away. */
export function useEnd(element: Readonly<Ref<HTMLElement | null>>, reached: () => void): void {
  const inFront = useInFront();
  let isThere = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new IntersectionObserver((entries) => {
    isThere = entries.at(-1)?.isIntersecting ?? false;
    look();
  });

  function look(): void {
    clearTimeout(timer);
    if (isThere && inFront.value) timer = setTimeout(reached, secondMs);
  }

  watch(element, (now, before) => {
    if (before) observer.unobserve(before);
    if (now) observer.observe(now);
  });
  watch(inFront, look);
  onScopeDispose(() => {
    observer.disconnect();
    clearTimeout(timer);
  });
}
