import { onBeforeUnmount, onMounted, type Ref } from 'vue';
import { whileGrowing } from '../app/scroll.ts';

/** What scrolls an element. */
export function scrollerOf(element: HTMLElement): Element {
  for (let box = element.parentElement; box !== null; box = box.parentElement)
    if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
  return document.documentElement;
}

/** How far below the upper edge an element lies in the middle of what scrolls it; a tall one begins near the edge. */
export function middleOf(element: HTMLElement): number {
  const room = scrollerOf(element).clientHeight;
  const { height } = element.getBoundingClientRect();
  return height > room * 0.7 ? 24 : (room - height) / 2;
}

/** Brings an element so far below the upper edge of what scrolls it, and keeps it there while what is above takes its height. */
export function scrollTo(element: HTMLElement, top: number, smoothly: boolean): void {
  const box = scrollerOf(element);
  const way = () => element.getBoundingClientRect().top - box.getBoundingClientRect().top - top;
  const hold = () => void whileGrowing(box, () => box.scrollBy({ top: way() }));
  if (!smoothly || Math.abs(way()) > box.clientHeight * 3) return hold();
  box.addEventListener('scrollend', hold, { once: true });
  box.scrollBy({ top: way(), behavior: 'smooth' });
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
