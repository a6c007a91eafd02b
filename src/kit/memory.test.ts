import { expect, test } from 'vitest';
import { createMemory } from './memory.ts';

test('what was loaded is kept', () => {
  const memory = createMemory<{ n: number }>(10);
  memory.loading()('a', { n: 1 });
  expect(memory.get('a')).toEqual({ n: 1 });
  expect(memory.get('b')).toBeUndefined();
});

test('a load that was under way when its key was forgotten is not kept', () => {
  const memory = createMemory<{ n: number }>(10);
  const keep = memory.loading();
  memory.forget('a');
  keep('a', { n: 1 });
  expect(memory.get('a')).toBeUndefined();
});

test('nor is one that begins right after, while the commit may not be seen by all', () => {
  const memory = createMemory<{ n: number }>(10);
  memory.forget('a');
  memory.loading()('a', { n: 1 });
  memory.loading()('b', { n: 2 });
  expect(memory.get('a')).toBeUndefined();
  expect(memory.get('b')).toEqual({ n: 2 });
});

test('forgetting all forgets all, and nothing is kept while it is off', () => {
  const memory = createMemory<{ n: number }>(10);
  memory.loading()('a', { n: 1 });
  const keep = memory.loading();
  memory.forgetAll();
  keep('b', { n: 2 });
  expect([memory.get('a'), memory.get('b')]).toEqual([undefined, undefined]);

  const other = createMemory<{ n: number }>(10);
  other.loading()('a', { n: 1 });
  other.remember(false);
  other.loading()('a', { n: 1 });
  expect(other.get('a')).toBeUndefined();
});
