import { type ComputedRef, type InjectionKey, inject, provide, type Ref } from 'vue';
import type { DiscussionData } from './messageDocuments.ts';
import type { Talk } from './talk.ts';
import type { Comments } from './useComments.ts';
import type { Reading } from './useReading.ts';

/** The discussion that is read, for everything that stands within its page. */
export interface Thread {
  id: ComputedRef<string>;
  slug: ComputedRef<string>;
  title: ComputedRef<string>;
  /** What the caller may do; nothing once access was taken away. */
  may: ComputedRef<DiscussionData['may']>;
  accepted: ComputedRef<number | null>;
  talk: Talk;
  comments: Comments;
  reading: Reading;
  /** Comments of others after this number are marked as new; null marks none. */
  newAfter: Ref<number | null>;
  /** The comment that the address names. */
  highlighted: Ref<number | null>;
  /** The comment under which the composer stands; null at the end. */
  answering: Ref<number | null>;
  /** The message whose text is being edited. */
  editing: Ref<number | null>;
  /** The message whose earlier versions are shown. */
  versionsOf: Ref<number | null>;
  /** Moves on when the reader shall be taken to the composer at the end. */
  focusing: Ref<number>;
  /** The address of a comment; of the whole with null. */
  pathOf(number: number | null): string;
  /** Goes to a comment, uncovers and highlights it. */
  show(number: number): void;
  accept(number: number | null): Promise<void>;
}

const key: InjectionKey<Thread> = Symbol('thread');

export function provideThread(thread: Thread): void {
  provide(key, thread);
}

/** @throws outside of a discussion's page */
export function useThread(): Thread {
  const thread = inject(key);
  if (thread === undefined) throw new Error('This stands in the page of a discussion only.');
  return thread;
}
