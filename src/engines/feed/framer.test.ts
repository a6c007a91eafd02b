import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFramer } from './framer.ts';

function wire(code: number, content: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(code, 0);
  header.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([header, content]);
}

test('messages come out whole however the bytes are cut, and stay as they were', () => {
  const message = fc.tuple(fc.integer({ min: 1, max: 127 }), fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 50 }),
      (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(([code, content]) => wire(code, content)));
        const taken: [number, Buffer][] = [];
        const push = createFramer((code, from, start, end) => taken.push([code, from.subarray(start, end)]));
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          push(Buffer.from(bytes.subarray(at, at + size)));
          at += size;
        }
        // Compared only now: a part given away early must not have been written over since.
        expect(taken.map(([code, content]) => [code, [...content]])).toEqual(messages.map(([code, content]) => [code, [...content]]));
      },
    ),
  );
});

test('an impossible length is an error', () => {
  expect(() => createFramer(() => {})(Buffer.from([100, 0, 0, 0, 3]))).toThrow('impossible length');
});
