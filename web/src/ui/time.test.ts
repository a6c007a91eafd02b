import { afterEach, beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 20, 15, 0) });
  vi.resetModules();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the clock today, the weekday this week, the date before, the year when it was another', async () => {
  const { shortTime } = await import('./time.ts');
  expect(shortTime(new Date(2026, 10, 20, 14, 5))).toMatch(/^0?2:05|^14:05/);
  expect(shortTime(new Date(2026, 10, 17, 14, 5))).toMatch(/^Tue/);
  expect(shortTime(new Date(2026, 10, 3, 14, 5))).toMatch(/Nov/);
  expect(shortTime(new Date(2026, 10, 3, 14, 5))).not.toMatch(/2026/);
  expect(shortTime(new Date(2025, 10, 21, 14, 5))).toMatch(/2025/);
  expect(shortTime(new Date(2026, 10, 21, 0, 0))).toMatch(/Nov/);
  expect(shortTime(new Date(2027, 0, 2, 14, 5))).toMatch(/2027/);
});

test('what was today is yesterday after midnight', async () => {
  const { shortTime } = await import('./time.ts');
  const at = new Date(2026, 10, 20, 14, 5);
  vi.setSystemTime(new Date(2026, 10, 21, 0, 0, 30));
  vi.advanceTimersByTime(60_000);
  expect(shortTime(at)).toMatch(/^Fri/);
});
