import { expect, test } from 'vitest';
import { createMemory } from './memory.ts';

function remembering() {
  const memory = createMemory<{ n: number }>(10);
  memory.remember(true);
  return memory;
}

test('nothing is kept until it is told to', () => {
  const memory = createMemory<{ n: number }>(10);
  memory.loading()('a', { n: 1 });
  expect(memory.get('a')).toBeUndefined();
});

test('what was loaded is kept, and no more of it than allowed', () => {
  const memory = remembering();
  for (let n = 0; n < 11; n++) memory.loading()(String(n), { n });
  expect(memory.get('0')).toBeUndefined();
  expect(memory.get('10')).toEqual({ n: 10 });
});

test('a load that was under way when something was forgotten is not kept, the next one is', () => {
  const memory = remembering();
  const keep = memory.loading();
  memory.forget('a');
  keep('a', { n: 1 });
  expect(memory.get('a')).toBeUndefined();
  memory.loading()('a', { n: 2 });
  expect(memory.get('a')).toEqual({ n: 2 });
});

test('forgetting all forgets all, loads under way included', () => {
  const memory = remembering();
  memory.loading()('a', { n: 1 });
  const keep = memory.loading();
  memory.forgetAll();
  keep('b', { n: 2 });
  expect([memory.get('a'), memory.get('b')]).toEqual([undefined, undefined]);
});

test('off, it forgets what it knew', () => {
  const memory = remembering();
  memory.loading()('a', { n: 1 });
  memory.remember(false);
  expect(memory.get('a')).toBeUndefined();
});
