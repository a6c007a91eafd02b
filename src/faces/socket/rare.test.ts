import { expect, test } from 'vitest';
import { allUnder, countUnder, FewSet, type Index, putInto, RareMap, RareSet, takeFrom } from './rare.ts';

test.each([
  ['rare', () => new RareSet<string>()],
  ['of few', () => new FewSet<string>()],
])('a set that is %s holds each thing once', (_what, make) => {
  const set = make();
  expect([...set, set.size, set.has('a')]).toEqual([0, false]);
  for (const item of ['a', 'b', 'a', 'c']) set.add(item);
  set.delete('b');
  set.delete('never there');
  expect([...set, set.size, set.has('a'), set.has('b')]).toEqual(['a', 'c', 2, true, false]);
  set.delete('a');
  set.delete('c');
  set.add('d');
  expect([...set]).toEqual(['d']);
});

test('a set of few may lose what is gone through', () => {
  const set = new FewSet<number>();
  for (let i = 0; i < 10; i++) set.add(i);
  const seen: number[] = [];
  for (const item of set) {
    seen.push(item);
    set.delete(item);
  }
  expect([seen, set.size]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0]);
});

test('a rare map', () => {
  const map = new RareMap<string, number>();
  expect([[...map], [...map.keys()], [...map.values()], map.get('a'), map.has('a'), map.size]).toEqual([[], [], [], undefined, false, 0]);
  map.set('a', 1);
  map.set('a', 2);
  map.set('b', 3);
  expect([[...map], map.get('a'), map.has('b'), map.size]).toEqual([
    [
      ['a', 2],
      ['b', 3],
    ],
    2,
    true,
    2,
  ]);
  map.delete('a');
  map.delete('b');
  map.set('c', 4);
  expect([...map.keys()]).toEqual(['c']);
  map.clear();
  expect(map.size).toBe(0);
});

test('an index has one under a key, or several', () => {
  const [one, two] = [{ n: 1 }, { n: 2 }];
  const index: Index<{ n: number }> = new Map();
  const under = () => [[...allUnder(index, 'k')], countUnder(index, 'k'), index.size];
  putInto(index, null, one);
  putInto(index, 'k', one);
  putInto(index, 'k', one);
  takeFrom(index, 'k', two);
  expect(under()).toEqual([[one], 1, 1]);
  putInto(index, 'k', two);
  expect(under()).toEqual([[one, two], 2, 1]);
  takeFrom(index, 'k', one);
  expect(under()).toEqual([[two], 1, 1]);
  takeFrom(index, 'k', two);
  takeFrom(index, undefined, two);
  expect(under()).toEqual([[], 0, 0]);
});
