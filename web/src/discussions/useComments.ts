import { computed, ref, shallowRef, watch } from 'vue';
import type { Mark } from '../../../client/channelLog.ts';
import type { Pending } from '../../../client/outbox.ts';
import type { Message } from '../../../contracts/nouns.ts';
import { me } from '../wire/session.ts';
import { above, type Branch, commentTree, type Order, unfolded } from './commentTree.ts';
import { around, fromBeginning, held, moreAfter, moreBefore, rangeOf, toEnd } from './drawn.ts';
import type { Talk } from './talk.ts';

/** One line of the list: a comment, or one of mine that is on its way. */
export type Row = Branch & { key: string } & ({ message: Message; mark: Mark | null } | { pending: Pending });

const opening = 1;

/**
 * The comments as they stand on the page. Nothing that is read moves: what others write meanwhile waits until it is
 * asked for, and reactions do not change the order of the most liked.
 */
export function useComments(talk: Talk) {
  const order = ref<Order>('oldest');
  const folded = ref<ReadonlySet<number>>(new Set());
  /** Comments up to this number are shown, and my own; null until the first are here. */
  const shownUpTo = ref<number | null>(null);
  const likes = shallowRef(new Map<number, number>());
  /** Whatever is loaded, only what one is near to is drawn. */
  const drawn = shallowRef(fromBeginning);

  watch(
    talk.said,
    (said) => {
      if (said === null) shownUpTo.value = null;
      else shownUpTo.value ??= said.number;
    },
    { immediate: true },
  );
  watch(order, () => {
    likes.value = new Map();
    drawn.value = fromBeginning;
  });

  const isShown = ({ number, author }: Message) => number !== opening && (number <= (shownUpTo.value ?? 0) || author === me.value?.id);
  const byNumber = computed(() => new Map((talk.said.value?.messages ?? []).map((message) => [message.number, message])));
  const comments = computed(() => (talk.said.value?.messages ?? []).filter(isShown));
  const waiting = computed(() => (talk.said.value?.messages ?? []).filter((message) => message.number !== opening && !isShown(message)));
  /** Mine that are on their way stand where they will stand, behind everything that is there. */
  const pending = computed(() => new Map((talk.said.value?.pending ?? []).map((one, i) => [(talk.said.value?.number ?? 0) + 1 + i, one])));

  const branches = computed(() =>
    commentTree(
      [
        ...comments.value.map((message) => ({ number: message.number, replyTo: message.replyTo, likes: likesOf(message) })),
        ...[...pending.value].map(([number, { replyTo }]) => ({ number, replyTo: replyTo ?? null, likes: 0 })),
      ],
      order.value,
    ),
  );

  /** As many as when it was first put in order. */
  function likesOf({ number, reactions }: Message): number {
    const known = likes.value.get(number);
    if (known !== undefined) return known;
    const count = reactions.reduce((sum, reaction) => sum + reaction.count, 0);
    likes.value.set(number, count);
    return count;
  }

  // What I sent just now stands where it belongs, and is seen there.
  watch(pending, ({ size }) => {
    if (size > 0) drawn.value = toEnd(drawn.value);
  });
  const standing = computed(() => unfolded(branches.value, folded.value));

  const range = computed(() => rangeOf(drawn.value, standing.value));

  function rowOf(branch: Branch): Row[] {
    const onItsWay = pending.value.get(branch.number);
    if (onItsWay !== undefined) return [{ ...branch, key: onItsWay.key, pending: onItsWay }];
    const message = byNumber.value.get(branch.number);
    if (message === undefined) return [];
    // The same from the moment of sending on, so that it is never drawn anew.
    const key = message.author === me.value?.id && message.key !== null ? message.key : String(message.number);
    return [{ ...branch, key, message, mark: talk.said.value?.marks.get(message.number) ?? null }];
  }

  return {
    order,
    rows: computed(() => standing.value.slice(range.value.from, range.value.to).flatMap(rowOf)),
    /** What is loaded and not drawn. */
    undrawn: computed(() => ({ before: range.value.from > 0, after: range.value.to < standing.value.length })),
    /** What will be loaded before the first that is drawn moves nothing. */
    hold(): void {
      drawn.value = held(drawn.value, standing.value);
    },
    drawBefore(): void {
      drawn.value = moreBefore(drawn.value, standing.value);
    },
    drawAfter(): void {
      drawn.value = moreAfter(drawn.value);
    },
    /** Of others, come since: for the pill. */
    waiting,
    /** Shows them. Answers the first of them. */
    reveal(): number | null {
      const first = waiting.value[0]?.number ?? null;
      shownUpTo.value = talk.said.value?.number ?? null;
      return first;
    },
    messageOf: (number: number) => byNumber.value.get(number),
    isFolded: (number: number) => folded.value.has(number),
    fold(number: number): void {
      const next = new Set(folded.value);
      if (!next.delete(number)) next.add(number);
      folded.value = next;
    },
    /** Opens all that is folded above it, shows it if it waits, and draws it. */
    uncover(number: number): void {
      if (waiting.value.some((message) => message.number === number)) shownUpTo.value = talk.said.value?.number ?? null;
      const closed = above(branches.value, number).filter((parent) => folded.value.has(parent));
      if (closed.length > 0) folded.value = new Set([...folded.value].filter((one) => !closed.includes(one)));
      drawn.value = around(drawn.value, standing.value, number);
    },
  };
}

export type Comments = ReturnType<typeof useComments>;
