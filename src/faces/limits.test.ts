import { expect, test } from 'vitest';
import { guest, type Who } from '../domains/policy/index.ts';
import { callerKey, createLimits, network } from './limits.ts';

const rates = {
  anonymous: { perSecond: 10, burst: 20 },
  person: { perSecond: 100, burst: 400 },
  application: { perSecond: 1000, burst: 4000 },
};
const person = (id: string): Who => ({
  ...guest('192.0.2.1'),
  role: 'member',
  person: { id, handle: id, name: id, bot: false, avatar: null },
});

test('the burst is there at once, then the rate over time', () => {
  let now = 100;
  const limits = createLimits(rates, () => now);
  const who = guest('192.0.2.1');
  for (let n = 19; n >= 0; n--) expect(limits.take(who)).toMatchObject({ allowed: true, remaining: n, policy: 'anonymous', retryAfter: 0 });
  expect(limits.take(who)).toMatchObject({ allowed: false, remaining: 0, retryAfter: 1, fullAfter: 2 });
  now += 0.125;
  expect(limits.take(who)).toMatchObject({ allowed: true });
  expect(limits.take(who)).toMatchObject({ allowed: false });
  now += 60;
  expect(limits.take(who)).toMatchObject({ allowed: true, remaining: 19 });
});

test('a refused request costs nothing', () => {
  let now = 0;
  const limits = createLimits({ ...rates, anonymous: { perSecond: 1, burst: 1 } }, () => now);
  const who = guest('192.0.2.1');
  limits.take(who);
  for (let n = 0; n < 100; n++) limits.take(who);
  now += 1;
  expect(limits.take(who).allowed).toBe(true);
});

test('people, applications and addresses are counted apart', () => {
  const limits = createLimits({ ...rates, anonymous: { perSecond: 1, burst: 1 }, person: { perSecond: 1, burst: 2 } }, () => 0);
  expect(limits.take(guest('192.0.2.1')).allowed).toBe(true);
  expect(limits.take(guest('192.0.2.1')).allowed).toBe(false);
  expect(limits.take(guest('192.0.2.2')).allowed).toBe(true);
  expect(limits.take(person('7'))).toMatchObject({ allowed: true, policy: 'person', remaining: 1 });
  expect(limits.take(person('8'))).toMatchObject({ allowed: true, remaining: 1 });
  const bot: Who = { ...person('9'), role: 'application', application: '5', scopes: ['write'] };
  expect(limits.take(bot)).toMatchObject({ policy: 'application', remaining: 3999 });
  expect(callerKey(bot)).toBe('application:5');
});

test('of an IPv6 address the /64 counts, of a mapped one the IPv4 address', () => {
  expect(network('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(network('2001:0DB8:0001:0002::9')).toBe('2001:db8:1:2::/64');
  expect(network('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(network('::1')).toBe('0:0:0:0::/64');
  expect(network('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(network('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(network('192.0.2.7')).toBe('192.0.2.7');
});

test('memory is bounded: the ones longest silent begin anew', () => {
  const limits = createLimits({ ...rates, anonymous: { perSecond: 0.001, burst: 1 } }, () => 0);
  const first = guest('10.0.0.1');
  limits.take(first);
  expect(limits.take(first).allowed).toBe(false);
  for (let n = 0; n < 100_000; n++) limits.take(guest(`11.${n >> 16}.${(n >> 8) & 255}.${n & 255}`));
  expect(limits.take(first).allowed).toBe(true);
});
