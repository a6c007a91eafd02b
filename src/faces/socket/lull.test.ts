import { afterEach, expect, test } from 'vitest';
import { createCounts } from './counts.ts';
import { awaitLulls } from './lull.ts';
import { createWheel, type Wheel } from './wheel.ts';

let wheel: Wheel;
afterEach(() => wheel.stop());

function begin() {
  let now = 0;
  let rests = 0;
  let deliveries = 0;
  const counts = createCounts();
  wheel = createWheel({ every: 3_600_000, clock: () => now * 3_600_000 });
  awaitLulls({ wheel, counts, deliveries: () => deliveries, rest: () => rests++ });
  return {
    counts,
    deliver: () => deliveries++,
    come(people: number) {
      counts.opened += people;
      counts.open.websocket += people;
    },
    /** Long enough for one look. */
    look() {
      now += 2;
      wheel.turn();
    },
    rests: () => rests,
  };
}

test('when many came and nothing happens any more there is one rest', () => {
  const { come, look, rests } = begin();
  come(100);
  look();
  expect(rests()).toBe(0);
  for (let i = 0; i < 5; i++) look();
  expect(rests()).toBe(1);
});

test('who comes or goes, and what is delivered, puts it off', () => {
  const { counts, come, deliver, look, rests } = begin();
  come(500);
  look();
  come(1);
  look();
  counts.open.websocket--;
  look();
  deliver();
  look();
  expect(rests()).toBe(0);
  look();
  expect(rests()).toBe(1);
});

test('few are not worth it, however long it is quiet; those who go count like those who come', () => {
  const { counts, come, look, rests } = begin();
  come(60);
  for (let i = 0; i < 5; i++) look();
  expect(rests()).toBe(0);
  counts.open.websocket -= 60;
  for (let i = 0; i < 5; i++) look();
  expect(rests()).toBe(1);
});
