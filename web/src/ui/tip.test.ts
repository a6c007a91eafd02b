import { expect, test } from 'vitest';
import { besides } from './tip.ts';

const screen = { width: 400, height: 300 };
const tip = { width: 80, height: 20 };
const box = (left: number, top: number) => ({ left, top, right: left + 40, bottom: top + 40 });

test('a tip stands in the middle of the side that is wanted', () => {
  expect(besides(box(100, 100), tip, screen, 'bottom')).toEqual({ left: 80, top: 146 });
  expect(besides(box(100, 100), tip, screen, 'right')).toEqual({ left: 146, top: 110 });
});

test('without room it goes to the other side', () => {
  expect(besides(box(100, 255), tip, screen, 'bottom').top).toBe(229);
  expect(besides(box(350, 100), tip, screen, 'right').left).toBe(264);
});

test('it never goes over the edge', () => {
  expect(besides(box(0, 100), tip, screen, 'bottom').left).toBe(8);
  expect(besides(box(380, 100), tip, screen, 'bottom').left).toBe(312);
});
