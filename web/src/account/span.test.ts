import { describe, expect, it } from 'vitest';
import { endOf } from './span.ts';

describe('the end of a status', () => {
  const wednesday = new Date(2026, 10, 18, 15, 30);

  it('is an hour from now, midnight, or the end of Sunday, by the local clock', () => {
    expect(endOf('hour', wednesday)).toBe(new Date(2026, 10, 18, 16, 30).toISOString());
    expect(endOf('today', wednesday)).toBe(new Date(2026, 10, 19).toISOString());
    expect(endOf('week', wednesday)).toBe(new Date(2026, 10, 23).toISOString());
    expect(endOf('open', wednesday)).toBeNull();
  });

  it('of a week that is set on Sunday is that Sunday', () => {
    expect(endOf('week', new Date(2026, 10, 22, 9))).toBe(new Date(2026, 10, 23).toISOString());
  });
});
