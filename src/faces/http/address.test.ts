import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { addressOf, trusts } from './address.ts';

const from = (peer: string, forwarded?: string) =>
  ({ socket: { remoteAddress: peer }, headers: { ...(forwarded && { 'x-forwarded-for': forwarded }) } }) as unknown as IncomingMessage;

test('nobody is believed unless told', () => {
  expect(addressOf(from('203.0.113.9', '198.51.100.1'), trusts(false))).toBe('203.0.113.9');
});

test('with all believed, the first in line speaks', () => {
  expect(addressOf(from('10.0.0.1', '198.51.100.1, 10.0.0.2'), trusts(true))).toBe('198.51.100.1');
});

test('with proxies named, the nearest that is none of them', () => {
  const trusted = trusts(['10.0.0.0/8', '2001:db8::/32', '192.0.2.5']);
  expect(addressOf(from('10.0.0.1', '1.1.1.1, 198.51.100.1, 192.0.2.5'), trusted)).toBe('198.51.100.1');
  expect(addressOf(from('2001:db8::7', '198.51.100.1'), trusted)).toBe('198.51.100.1');
  expect(addressOf(from('203.0.113.9', '198.51.100.1'), trusted)).toBe('203.0.113.9');
  expect(addressOf(from('10.0.0.1', 'nonsense'), trusted)).toBe('nonsense');
});
