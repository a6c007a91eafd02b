import fc from 'fast-check';
import { expect, test } from 'vitest';
import { above, commentTree, type Order, type Placed, unfolded } from './commentTree.ts';

const orders: Order[] = ['oldest', 'newest', 'liked'];

/** Comments 2 … n, each answering the opening, an older one, or what is not there. */
const comments = fc
  .array(fc.record({ answers: fc.option(fc.nat()), likes: fc.nat(9) }), { maxLength: 60 })
  .map((given) =>
    given.map(({ answers, likes }, i): Placed => ({ number: i + 2, replyTo: answers === null ? null : (answers % (i + 4)) + 1, likes })),
  );

function comment(number: number, replyTo: number | null = null, likes = 0): Placed {
  return { number, replyTo, likes };
}

const read = (given: readonly Placed[], order: Order) => commentTree(given, order).map(({ number, depth }) => [number, depth]);

test('answers stand under what they answer', () => {
  const talk = [comment(2), comment(3, 2), comment(4), comment(5, 2), comment(6, 3), comment(7, 1)];
  expect(read(talk, 'oldest')).toEqual([
    [2, 0],
    [3, 1],
    [6, 2],
    [5, 1],
    [4, 0],
    [7, 0],
  ]);
  expect(read(talk, 'newest')).toEqual([
    [7, 0],
    [4, 0],
    [2, 0],
    [3, 1],
    [6, 2],
    [5, 1],
  ]);
});

test('the most liked come first, at every depth, and the older of equals', () => {
  const talk = [comment(2, null, 1), comment(3, null, 5), comment(4, 2), comment(5, 2, 2), comment(6, null, 1)];
  expect(read(talk, 'liked')).toEqual([
    [3, 0],
    [2, 0],
    [5, 1],
    [4, 1],
    [6, 0],
  ]);
});

test('what answers a comment that is not loaded stands for itself', () => {
  expect(read([comment(40, 12), comment(41, 40)], 'oldest')).toEqual([
    [40, 0],
    [41, 1],
  ]);
});

test('every comment once, parents before children, right beneath each other', () => {
  fc.assert(
    fc.property(comments, fc.constantFrom(...orders), (given, order) => {
      const branches = commentTree(given, order);
      expect(branches.map(({ number }) => number).sort((a, b) => a - b)).toEqual(given.map(({ number }) => number));
      const seen = new Map<number, number>();
      branches.forEach(({ number, depth, parent, below }, at) => {
        if (parent === null) expect(depth).toBe(0);
        else expect(depth).toBe((seen.get(parent) ?? Number.NaN) + 1);
        seen.set(number, depth);
        const beneath = branches.slice(at + 1, at + 1 + below);
        expect(beneath.every((one) => one.depth > depth)).toBe(true);
        expect(branches[at + 1 + below]?.depth ?? 0).toBeLessThanOrEqual(depth);
      });
    }),
  );
});

test('what comes live moves none of those that are there', () => {
  fc.assert(
    fc.property(comments, fc.constantFrom(...orders), fc.nat(60), (given, order, count) => {
      const before = commentTree(given.slice(0, count), order).map(({ number }) => number);
      const now = new Set(before);
      const after = commentTree(given.slice(0, count + 1), order).map(({ number }) => number);
      // An answer to a comment that was said not to be loaded is the one exception: numbers never go back, so there is none.
      expect(after.filter((number) => now.has(number))).toEqual(before);
    }),
  );
});

test('the order in which they were loaded says nothing', () => {
  fc.assert(
    fc.property(comments, fc.constantFrom(...orders), (given, order) => {
      expect(commentTree(given.toReversed(), order)).toEqual(commentTree(given, order));
    }),
  );
});

test('a folded comment hides what is beneath it, and the way to a comment is known', () => {
  const branches = commentTree([comment(2), comment(3, 2), comment(4, 3), comment(5)], 'oldest');
  expect(unfolded(branches, new Set([2])).map(({ number }) => number)).toEqual([2, 5]);
  expect(unfolded(branches, new Set([3])).map(({ number }) => number)).toEqual([2, 3, 5]);
  expect(above(branches, 4)).toEqual([3, 2]);
  expect(above(branches, 5)).toEqual([]);
});

test('a thousand deep is no trouble', () => {
  const deep = Array.from({ length: 1000 }, (_, i) => comment(i + 2, i + 1));
  expect(commentTree(deep, 'oldest').at(-1)).toEqual({ number: 1001, depth: 999, parent: 1000, below: 0 });
});
