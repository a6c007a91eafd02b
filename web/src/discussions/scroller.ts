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
  const way = top - box.getBoundingClientRect().top - margin;
  box.scrollTo({ top: box.scrollTop + way, behavior: smoothly && Math.abs(way) < room * 3 ? 'smooth' : 'instant' });
}

/** One observer for each scroller and distance, however many elements wait for it. */
const observers = new WeakMap<Element, Map<number, IntersectionObserver>>();
const callbacks = new WeakMap<Element, () => void>();

function tell(entries: readonly IntersectionObserverEntry[]): void {
  for (const { isIntersecting, target } of entries) if (isIntersecting) callbacks.get(target)?.();
}

function observerOf(root: Element, distance: number): IntersectionObserver {
  const known = observers.get(root) ?? new Map<number, IntersectionObserver>();
  observers.set(root, known);
  let observer = known.get(distance);
  if (observer === undefined) {
    observer = new IntersectionObserver(tell, { root, rootMargin: `${distance}px 0px` });
    known.set(distance, observer);
  }
  return observer;
}

/** Tells once, when an element has come so near to what is on the screen. @param distance pixels */
export function useNear(element: Readonly<Ref<HTMLElement | null>>, distance: number, near: () => void): void {
  let stop = () => {};
  onMounted(() => {
    const { value: target } = element;
    if (target === null) return;
    const observer = observerOf(scrollerOf(target), distance);
    stop = () => observer.unobserve(target);
    callbacks.set(target, () => {
      stop();
      near();
    });
    observer.observe(target);
  });
  onBeforeUnmount(() => stop());
}
