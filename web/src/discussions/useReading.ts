import { onScopeDispose, watch } from 'vue';
import { useInFront } from '../conversation/useReading.ts';
import type { Talk } from './talk.ts';

const secondMs = 1000;

/**
 * Reading is what marks read: a comment on the screen for a second, with the window in front. Comments are not read in
 * the order of their numbers, so the position moves on as soon as everything before it was seen.
 */
export function useReading(talk: Talk) {
  const inFront = useInFront();
  const seen = new Set<number>();
  const waiting = new Map<Element, ReturnType<typeof setTimeout>>();
  const onScreen = new Set<Element>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) onScreen.add(target);
        else onScreen.delete(target);
      }
      look();
    },
    { threshold: 0, rootMargin: '-40px 0px' },
  );

  function look(): void {
    for (const [element, timer] of waiting) {
      if (inFront.value && onScreen.has(element)) continue;
      clearTimeout(timer);
      waiting.delete(element);
    }
    if (!inFront.value) return;
    for (const element of onScreen) {
      if (waiting.has(element)) continue;
      waiting.set(
        element,
        setTimeout(() => {
          seen.add(numberOf(element));
          unobserve(element);
          tell();
        }, secondMs),
      );
    }
  }

  function tell(): void {
    const said = talk.said.value;
    const { value: channel } = talk.channel;
    if (said === null || channel === null) return;
    let read = said.read;
    const byNumber = new Map(said.messages.map((message) => [message.number, message]));
    // There is nothing to see of one that was deleted.
    while (seen.has(read + 1) || byNumber.get(read + 1)?.deletedAt) read++;
    if (read > said.read) channel.read(read);
  }

  function unobserve(element: Element): void {
    observer.unobserve(element);
    onScreen.delete(element);
    clearTimeout(waiting.get(element));
    waiting.delete(element);
  }

  watch(inFront, look);
  onScopeDispose(() => {
    observer.disconnect();
    for (const timer of waiting.values()) clearTimeout(timer);
  });

  return {
    /** Everything up to this number counts as seen: one has come to the end of it all. */
    seenAll(number: number): void {
      for (let one = (talk.said.value?.read ?? 0) + 1; one <= number; one++) seen.add(one);
      tell();
    },
    /** Watches a comment's element, whose id is `m` and its number. */
    observe(element: Element): void {
      if (numberOf(element) > (talk.said.value?.read ?? 0)) observer.observe(element);
    },
    unobserve,
  };
}

function numberOf(element: Element): number {
  return Number(element.id.slice(1));
}

export type Reading = ReturnType<typeof useReading>;
