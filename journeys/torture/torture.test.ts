import { expect, test } from 'vitest';
import { torture } from './torture.ts';

test('[L1] [L2] [L3] [L4] [L5] [L6] [L7] [L8] killed again and again under load, the log stays whole', { timeout: 180_000 }, async () => {
  const seed = Date.now() % 100_000;
  const { findings, acknowledged, kills } = await torture({ kills: 4, seed, say: console.log });
  expect(findings, `with the seed ${seed}`).toEqual([]);
  expect(kills).toBe(4);
  expect(acknowledged).toBeGreaterThan(100);
});
