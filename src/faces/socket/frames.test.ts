import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClientFrame } from '../../../contracts/wire.ts';
import { decodeFrame } from './frames.ts';

const id = fc.bigInt(1n, 9223372036854775807n).map(String);
const tag = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\u0000'));
const number = fc.integer({ min: 1, max: 2_147_483_647 });
const count = fc.integer({ min: 0, max: 2_147_483_647 });
const frame: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.record({ type: fc.constant('hello' as const), token: tag }),
  fc.record({
    type: fc.constant('hello' as const),
    token: tag,
    resume: fc.record({ epoch: tag, places: fc.array(fc.record({ channel: id, version: count }), { maxLength: 5 }) }),
  }),
  fc.record({ type: fc.constant('join' as const), id: tag, channel: id, since: count }),
  fc.record({ type: fc.constant('join' as const), channel: id }),
  fc.record({ type: fc.constant('send' as const), id: tag, channel: id, key: tag, body: tag, replyTo: number }),
  fc.record({ type: fc.constant('react' as const), channel: id, number, emoji: tag, on: fc.boolean() }),
  fc.record({ type: fc.constant('people' as const), ids: fc.array(id, { maxLength: 10 }) }),
  fc.record({ type: fc.constant('page' as const), channel: id, around: count, limit: number }),
  fc.constant({ type: 'ping' as const }),
);

describe('client frames', () => {
  test('every proper frame is understood as it is', () => {
    fc.assert(
      fc.property(frame, (given) => {
        expect(decodeFrame(JSON.stringify(given))).toEqual({ frame: given });
      }),
    );
  });

  test('whatever text comes gives a frame or a coded refusal', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ type: 'send', channel: '1', key: 'k', body: value })),
    );
    fc.assert(
      fc.property(text, (data) => {
        const decoded = decodeFrame(data);
        if ('refusal' in decoded) expect(decoded.refusal.code).toBe('invalid_input');
        else expect(decoded.frame.type).toBeTypeOf('string');
      }),
      { numRuns: 1000 },
    );
  });

  test('a proper frame with one thing changed for anything is understood or refused, never let through wrong', () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.jsonValue(), (given, which, value) => {
        const keys = Object.keys(given);
        const changed: Record<string, unknown> = { ...given, [keys[which % keys.length] ?? 'type']: value };
        const decoded = decodeFrame(JSON.stringify(changed));
        if ('refusal' in decoded) {
          expect(decoded.refusal.code).toBe('invalid_input');
          return;
        }
        const { frame: understood } = decoded;
        if ('channel' in understood) expect(understood.channel).toMatch(/^[1-9]\d*$/);
        if ('body' in understood) expect(understood.body).toBeTypeOf('string');
        if ('on' in understood) expect(understood.on).toBeTypeOf('boolean');
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no type', '{}'],
    ['a type of nobody', '{"type":"constructor"}'],
    ['a type that is no text', '{"type":{}}'],
    ['an unknown field', '{"type":"ping","extra":1}'],
    ['a field of the prototype', '{"type":"ping","__proto__":{}}'],
    ['an absent field', '{"type":"join"}'],
    ['a field of null', '{"type":"join","channel":"1","since":null}'],
    ['a number for an id', '{"type":"join","channel":1}'],
    ['an id out of range', '{"type":"join","channel":"9223372036854775808"}'],
    ['a version out of range', '{"type":"join","channel":"1","since":2147483648}'],
    ['a fraction', '{"type":"join","channel":"1","since":1.5}'],
    ['U+0000', '{"type":"send","channel":"1","key":"a","body":"\\u0000"}'],
    ['half a surrogate pair', '{"type":"send","channel":"1","key":"a","body":"\\ud800"}'],
    [
      'too many places',
      JSON.stringify({ type: 'hello', token: 't', resume: { epoch: 'e', places: Array(101).fill({ channel: '1', version: 1 }) } }),
    ],
  ])('%s is refused', (_what, data) => {
    const decoded = decodeFrame(data);
    expect('refusal' in decoded && decoded.refusal.code).toBe('invalid_input');
  });

  test('a refusal carries the id and key of the frame, so that the client knows which it was', () => {
    expect(decodeFrame('{"type":"send","id":"7","key":"k","channel":"x","body":"b"}')).toMatchObject({
      refusal: { code: 'invalid_input', details: { field: 'channel' } },
      id: '7',
      key: 'k',
    });
  });
});
