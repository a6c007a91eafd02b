import { onBeforeUnmount, onMounted, type Ref } from 'vue';

/** What scrolls an element. */
export function scrollerOf(element: HTMLElement): Element {
  for (let box = element.parentElement; box !== null; box = box.parentElement)
    if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
  return document.documentElement;
}

/** Brings an element to the middle of what scrolls it, or to its top when it is tall. Nothing else on the page moves. */
export function scrollTo(element: HTMLElement, smoothly: boolean): void {
  const box = scrollerOf(element);
  const { top, height } = element.getBoundingClientRect();
  const room = box.clientHeight;
  const margin = height > room * 0.7 ? 24 : (room - height) / 2;
  box.scrollTo({ top: box.scrollTop + top - box.getBoundingClientRect().top - margin, behavior: smoothly ? 'smooth' : 'instant' });
}

/** One observer for each scroller and distance, however many elements wait for it. */
const observers = new WeakMap<Element, Map<number, IntersectionObserver>>();
const callbacks = new WeakMap<Element, (isNear: boolean) => void>();

function observerOf(root: Element, distance: number): IntersectionObserver {
  const known = observers.get(root) ?? new Map<number, IntersectionObserver>();
  observers.set(root, known);
  let observer = known.get(distance);
  if (observer === undefined) {
    observer = new IntersectionObserver((entries) => entries.forEach((entry) => callbacks.get(entry.target)?.(entry.isIntersecting)), {
      root,
      rootMargin: `${distance}px 0px`,
    });
    known.set(distance, observer);
  }
  return observer;
}

/** Tells when an element comes so near to what is on the screen, and when it leaves. @param distance pixels */
export function useNear(element: Readonly<Ref<HTMLElement | null>>, distance: number, changed: (isNear: boolean) => void): void {
  let stop = () => {};
  onMounted(() => {
    const { value: target } = element;
    if (target === null) return;
    const observer = observerOf(scrollerOf(target), distance);
    callbacks.set(target, changed);
    observer.observe(target);
    stop = () => observer.unobserve(target);
  });
  onBeforeUnmount(() => stop());
}
