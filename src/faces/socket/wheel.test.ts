import { afterEach, describe, expect, test } from 'vitest';
import { createWheel, type Wheel } from './wheel.ts';

let wheel: Wheel | null = null;
afterEach(() => wheel?.stop());

function atHand() {
  const clock = { now: 1000 };
  const turning = createWheel({ every: 100, clock: () => clock.now });
  wheel = turning;
  return {
    turning,
    pass(ms: number) {
      clock.now += ms;
      turning.turn();
    },
  };
}

describe('the wheel', () => {
  test('rings not before its time and at most one turn after', () => {
    const { turning, pass } = atHand();
    const rung: string[] = [];
    turning.after(250, () => rung.push('250'));
    turning.after(0, () => rung.push('0'));
    pass(100);
    expect(rung).toEqual(['0']);
    pass(100);
    expect(rung).toEqual(['0']);
    pass(100);
    expect(rung).toEqual(['0', '250']);
    pass(100_000);
    expect(rung).toEqual(['0', '250']);
  });

  test('a bell that is hung up again rings once, at the later time, and not when it was taken down', () => {
    const { turning, pass } = atHand();
    let rung = 0;
    const bell = { due: 0, ring: () => rung++ };
    turning.hang(bell, 100);
    turning.hang(bell, 300);
    pass(200);
    expect(rung).toBe(0);
    pass(200);
    expect(rung).toBe(1);
    turning.hang(bell, 100);
    turning.takeDown(bell);
    pass(1000);
    expect(rung).toBe(1);
  });

  test('keeps bells that are further away than a whole turn of the wheel', () => {
    const { turning, pass } = atHand();
    let rung = 0;
    turning.after(200_000, () => rung++);
    for (let i = 0; i < 1999; i++) pass(100);
    expect(rung).toBe(0);
    pass(100);
    expect(rung).toBe(1);
  });

  test('rings everything after a long sleep, once', () => {
    const { turning, pass } = atHand();
    let rung = 0;
    for (let ms = 0; ms < 100_000; ms += 77) turning.after(ms, () => rung++);
    pass(1_000_000);
    expect(rung).toBe(Math.ceil(100_000 / 77));
  });

  test('does not ring what was called off, not even within the same turn', () => {
    const { turning, pass } = atHand();
    const rung: string[] = [];
    const callOff = [
      turning.after(100, () => {
        rung.push('a');
        callOff[1]?.();
      }),
      turning.after(100, () => {
        rung.push('b');
        callOff[0]?.();
      }),
    ];
    pass(100);
    expect(rung).toEqual(['a']);
  });

  test('a bell may hang up another', () => {
    const { turning, pass } = atHand();
    let rung = 0;
    const again = () => {
      rung++;
      turning.after(100, again);
    };
    again();
    for (let i = 0; i < 10; i++) pass(100);
    expect(rung).toBe(11);
  });
});
