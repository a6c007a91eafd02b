import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closePayload, frameOf, hear, listen, opcodes, type Sent } from './testing.ts';

const { continuation, text, binary, close, ping, pong } = opcodes;

/** The bytes in chunks that end at these places. */
function split(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set([...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes));
const lengths = fc.constantFrom(0, 1, 3, 4, 5, 124, 125, 126, 127, 128, 1000, 65_535, 65_536);
const words = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
  lengths.map((length) => 'x'.repeat(length)),
);
const controls = fc.record({
  opcode: fc.constantFrom(ping, pong),
  payload: fc.uint8Array({ maxLength: 125 }).map((bytes) => Buffer.from(bytes)),
  mask,
});

interface Said {
  frames: Sent[];
  told: string[];
}

const toldOf = ({ opcode, payload }: { opcode: number; payload: Buffer }) => (opcode === ping ? `ping ${payload.toString('hex')}` : 'pong');

/** One message, whole or in fragments with control frames between them, and what is told of it. */
const messages: fc.Arbitrary<Said> = fc
  .record({
    opcode: fc.constantFrom(text, text, binary),
    words,
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
    between: fc.array(controls, { maxLength: 2 }),
    mask,
  })
  .map(({ opcode, words, cuts, between, mask }) => {
    const parts = split(Buffer.from(words), cuts);
    const frames = parts.flatMap((payload, i) => [
      { opcode: i === 0 ? opcode : continuation, payload, mask, isFinal: i === parts.length - 1 },
      ...(i < parts.length - 1 ? between : []),
    ]);
    const interleaved = parts.slice(1).flatMap(() => between.map(toldOf));
    return { frames, told: [...interleaved, opcode === text ? `text ${words}` : 'binary'] };
  });
const streams = fc
  .array(
    fc.oneof(
      messages,
      controls.map((frame): Said => ({ frames: [frame], told: [toldOf(frame)] })),
    ),
    { maxLength: 8 },
  )
  .map((said) => ({ bytes: Buffer.concat(said.flatMap(({ frames }) => frames.map(frameOf))), told: said.flatMap(({ told }) => told) }));

describe('what clients send', () => {
  test('is told in order, however the network cuts it, and nothing is kept of it', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(), { maxLength: 12 }), ({ bytes, told }, places) => {
        const heard = listen(split(bytes, places));
        expect(heard.told).toEqual(told);
        expect(heard.speaker.unfinished).toBeNull();
      }),
    );
  });

  test('is told the same byte by byte', () => {
    const bytes = Buffer.concat([
      frameOf({ opcode: text, payload: 'a', isFinal: false }),
      frameOf({ opcode: ping, payload: 'p' }),
      frameOf({ opcode: continuation, payload: 'é'.repeat(300) }),
      frameOf({ opcode: text, payload: 'x'.repeat(65_536) }),
      frameOf({ opcode: close, payload: closePayload(1000, 'done') }),
    ]);
    expect(hear(split(bytes, [...bytes.keys()]))).toEqual([
      'ping 70',
      `text a${'é'.repeat(300)}`,
      `text ${'x'.repeat(65_536)}`,
      'goodbye 1000',
    ]);
  });

  test('whatever comes never throws, and nothing is heard after the end', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(streams, changes, fc.array(fc.nat(), { maxLength: 5 }), ({ bytes }, changed, places) => {
        const mutated = Buffer.from(bytes);
        for (const { at, to } of changed) if (mutated.length > 0) mutated[at % mutated.length] = to;
        const told = hear(split(mutated, places));
        const end = told.findIndex((line) => /^(fault|goodbye)/.test(line));
        if (end >= 0) expect(end).toBe(told.length - 1);
        // Cut elsewhere it ends in the same way.
        expect(hear([mutated])).toEqual(told);
      }),
    );
  });

  test('bytes that are no frames at all are a fault or are waited for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const line of hear([Buffer.from(bytes)])) expect(line).toMatch(/^(text|binary|ping|pong|goodbye|fault (1002|1007|1009)$)/);
      }),
    );
  });
});

describe('faults', () => {
  test.each<[string, Sent[], string]>([
    ['a reserved bit', [{ opcode: text, reserved: 4 }], 'fault 1002'],
    ['another', [{ opcode: ping, reserved: 1 }], 'fault 1002'],
    ['no mask', [{ opcode: text, payload: 'a', mask: null }], 'fault 1002'],
    ...[3, 7, 11, 15].map((opcode): [string, Sent[], string] => [`opcode ${opcode}`, [{ opcode }], 'fault 1002']),
    ['a continuation of nothing', [{ opcode: continuation, payload: 'a' }], 'fault 1002'],
    ['a message within another', [{ opcode: text, isFinal: false }, { opcode: text }], 'fault 1002'],
    ['a control frame in fragments', [{ opcode: ping, isFinal: false }], 'fault 1002'],
    ['a ping of 126 bytes', [{ opcode: ping, payload: Buffer.alloc(126) }], 'fault 1002'],
    ['a ping whose length is written wide', [{ opcode: ping, payload: 'a', lengthBytes: 2 }], 'fault 1002'],
    ['half a close code', [{ opcode: close, payload: 'a' }], 'fault 1002'],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code): [string, Sent[], string] => [
      `close code ${code}`,
      [{ opcode: close, payload: closePayload(code) }],
      'fault 1002',
    ]),
    ['a reason that is not UTF-8', [{ opcode: close, payload: closePayload(1000, Buffer.from([0xce, 0xba, 0xe1])) }], 'fault 1007'],
    ['text that is not UTF-8', [{ opcode: text, payload: Buffer.from([0x61, 0xff]) }], 'fault 1007'],
    ['half a surrogate', [{ opcode: text, payload: Buffer.from([0xed, 0xa0, 0x80]) }], 'fault 1007'],
    ['overlong text', [{ opcode: text, payload: Buffer.from([0xc0, 0xaf]) }], 'fault 1007'],
    ['a character that never ends', [{ opcode: text, payload: Buffer.from([0xc3]) }], 'fault 1007'],
    ['text that is too large', [{ opcode: text, payload: 'x'.repeat(1001) }], 'fault 1009'],
    [
      'fragments that are too large together',
      [
        { opcode: binary, payload: 'x'.repeat(600), isFinal: false },
        { opcode: continuation, payload: 'x'.repeat(401) },
      ],
      'fault 1009',
    ],
  ])('%s', (_what, frames, fault) => {
    expect(hear(frames.map(frameOf), 1000)).toEqual([fault]);
  });

  test('are found before the rest has come', () => {
    expect(hear([Buffer.from([0x81, 0x05])])).toEqual(['fault 1002']);
    expect(hear([Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1])])).toEqual(['fault 1009']);
    expect(hear([Buffer.from([0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255])])).toEqual(['fault 1009']);
  });
});

describe('what is no fault', () => {
  test.each([1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999])('close code %i', (code) => {
    expect(hear([frameOf({ opcode: close, payload: closePayload(code, 'ünd tschüß') })])).toEqual([`goodbye ${code}`]);
  });

  test('a farewell without a code, after which nothing is looked at', () => {
    expect(hear([Buffer.concat([frameOf({ opcode: close }), frameOf({ opcode: ping })])])).toEqual(['goodbye null']);
  });

  test('a character that is cut by fragments', () => {
    const body = Buffer.from('κόσμε€😀');
    const frames = [...body].map((byte, i) =>
      frameOf({ opcode: i === 0 ? text : continuation, payload: Buffer.from([byte]), isFinal: i === body.length - 1 }),
    );
    expect(hear(frames)).toEqual(['text κόσμε€😀']);
  });

  test('lengths written wider than they need be', () => {
    expect(
      hear([frameOf({ opcode: text, payload: 'a', lengthBytes: 8 }), frameOf({ opcode: text, payload: 'b', lengthBytes: 2 })]),
    ).toEqual(['text a', 'text b']);
  });

  test('messages as large as they may be, in one frame or many empty ones', () => {
    const most = 'x'.repeat(1000);
    expect(hear([frameOf({ opcode: text, payload: most })], 1000)).toEqual([`text ${most}`]);
    const many = [
      frameOf({ opcode: text, isFinal: false }),
      ...Array.from({ length: 2000 }, () => frameOf({ opcode: continuation, isFinal: false })),
      frameOf({ opcode: continuation, payload: most }),
    ];
    expect(hear([Buffer.concat(many)], 1000)).toEqual([`text ${most}`]);
  });
});
