/** A real socket, byte by byte: the cases of the Autobahn suite, as far as there are no extensions. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHouse, type SocketHouse } from '../testing.ts';
import { closePayload, frameOf, opcodes, type Sent } from './testing.ts';

const { continuation, text, binary, close, ping, pong } = opcodes;

let house: SocketHouse;
let token: string;
beforeAll(async () => {
  house = await openHouse();
  ({ token } = await house.someone('Ana'));
});
afterAll(() => house.end());

interface Line {
  socket: Socket;
  /** All that came, once the server has closed. */
  rest: Promise<{ frames: { opcode: number; payload: Buffer }[]; answer: string }>;
  /** Resolves when this many frames have come. */
  frames(count: number): Promise<{ opcode: number; payload: Buffer }[]>;
}

const wanted = {
  Host: 'x',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'plaza.v1',
};

function open({ method = 'GET', headers = {}, first = Buffer.alloc(0) }: { method?: string; headers?: object; first?: Buffer } = {}): Line {
  const lines = Object.entries({ ...wanted, ...headers }).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  const socket = connect(Number(new URL(house.url).port), '127.0.0.1', () => {
    socket.write(Buffer.concat([Buffer.from(`${method} /socket HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), first]));
  });
  let heard = Buffer.alloc(0);
  let wake = () => {};
  socket.on('data', (chunk) => {
    heard = Buffer.concat([heard, chunk]);
    wake();
  });
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => {
      resolve();
      wake();
    });
  });
  const answerOf = () => heard.toString('latin1').split('\r\n\r\n')[0] ?? '';
  const read = () => (answerOf().startsWith('HTTP/1.1 101') ? framesOf(heard.subarray(heard.indexOf('\r\n\r\n') + 4)) : []);
  return {
    socket,
    rest: ended.then(() => ({ frames: read(), answer: answerOf() })),
    async frames(count) {
      while (read().length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (socket.closed) break;
      }
      return read();
    },
  };
}

/** The server's frames are never masked, never in fragments. */
function framesOf(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const first = bytes[at] ?? 0;
    let size = bytes[at + 1] ?? 0;
    let from = at + 2;
    if (size === 126) {
      size = bytes.readUInt16BE(from);
      from += 2;
    }
    if (from + size > bytes.length) break;
    expect(first & 0xf0).toBe(0x80);
    frames.push({ opcode: first & 15, payload: bytes.subarray(from, from + size) });
    at = from + size;
  }
  return frames;
}

const frames = (...sent: Sent[]) => Buffer.concat(sent.map(frameOf));
const pings = JSON.stringify({ type: 'ping' });
const hello = () => ({ opcode: text, payload: JSON.stringify({ type: 'hello', token }) });

async function greeted(): Promise<Line> {
  const line = open({ first: frames(hello()) });
  await line.frames(1);
  return line;
}

describe('the handshake', () => {
  test("is answered as in the standard's example", async () => {
    const line = open();
    await once(line.socket, 'data');
    line.socket.end();
    const { answer } = await line.rest;
    expect(answer.split('\r\n')).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'Sec-WebSocket-Protocol: plaza.v1',
    ]);
  });

  test('what comes right after it is heard', async () => {
    const line = open({ first: frames(hello(), { opcode: text, payload: pings }) });
    const [ready, answer] = await line.frames(2);
    expect([ready, answer].map((frame) => JSON.parse(String(frame?.payload)).type).sort()).toEqual(['pong', 'ready']);
    line.socket.destroy();
  });

  test.each<[string, Parameters<typeof open>[0], RegExp]>([
    ['an older version', { headers: { 'Sec-WebSocket-Version': '8' } }, /^HTTP\/1.1 400 [\s\S]*Sec-WebSocket-Version: 13/],
    ['no version', { headers: { 'Sec-WebSocket-Version': null } }, /^HTTP\/1.1 400 /],
    ['no key', { headers: { 'Sec-WebSocket-Key': null } }, /^HTTP\/1.1 400 /],
    ['a key that is none', { headers: { 'Sec-WebSocket-Key': 'short' } }, /^HTTP\/1.1 400 /],
    ['another upgrade', { headers: { Upgrade: 'h2c' } }, /^HTTP\/1.1 400 /],
    ['another method', { method: 'POST', headers: { 'Content-Length': '0' } }, /^HTTP\/1.1 400 /],
  ])('is refused for %s', async (_what, how, answer) => {
    expect((await open(how).rest).answer).toMatch(answer);
  });
});

describe('on a connection that was greeted', () => {
  test.each([0, 1, 125])('a ping of %i bytes comes back', async (length) => {
    const line = await greeted();
    const payload = Buffer.alloc(length, 0xfe);
    line.socket.write(frameOf({ opcode: ping, payload }));
    expect((await line.frames(2))[1]).toEqual({ opcode: pong, payload });
    line.socket.destroy();
  });

  test('a pong that nobody asked for is no fault', async () => {
    const line = await greeted();
    line.socket.write(frames({ opcode: pong, payload: 'x' }, { opcode: text, payload: pings }));
    expect(String((await line.frames(2))[1]?.payload)).toBe('{"type":"pong"}');
    line.socket.destroy();
  });

  test('a message in fragments, with a ping within it, byte by byte', async () => {
    const line = await greeted();
    line.socket.setNoDelay(true);
    const bytes = frames(
      { opcode: text, payload: pings.slice(0, 5), isFinal: false },
      { opcode: ping, payload: 'p' },
      { opcode: continuation, payload: pings.slice(5), isFinal: false },
      { opcode: continuation },
    );
    for (const byte of bytes) {
      line.socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    const [, first, second] = await line.frames(3);
    expect(first).toEqual({ opcode: pong, payload: Buffer.from('p') });
    expect(String(second?.payload)).toBe('{"type":"pong"}');
    line.socket.destroy();
  });

  test('a farewell is answered with its code, once, and the connection ends', async () => {
    const line = await greeted();
    line.socket.write(frames({ opcode: close, payload: closePayload(4321, 'bye') }, { opcode: text, payload: pings }, { opcode: close }));
    const { frames: all } = await line.rest;
    expect(all.slice(1)).toEqual([{ opcode: close, payload: closePayload(4321) }]);
  });

  test('a farewell without a code is answered with none', async () => {
    const line = await greeted();
    line.socket.write(frames({ opcode: close }));
    expect((await line.rest).frames.at(-1)).toEqual({ opcode: close, payload: Buffer.alloc(0) });
  });

  test('one who is just gone is let go', async () => {
    const line = await greeted();
    line.socket.end();
    expect((await line.rest).frames).toHaveLength(1);
  });

  test.each<[string, Sent[], string, number]>([
    ['a reserved bit', [{ opcode: text, payload: pings, reserved: 4 }], 'bad_frame', 4500],
    ['a reserved opcode', [{ opcode: 3 }], 'bad_frame', 4500],
    ['no mask', [{ opcode: text, payload: pings, mask: null }], 'bad_frame', 4500],
    ['a continuation of nothing', [{ opcode: continuation, payload: 'x' }], 'bad_frame', 4500],
    ['a message within another', [{ opcode: text, isFinal: false }, { opcode: binary }], 'bad_frame', 4500],
    ['a ping in fragments', [{ opcode: ping, isFinal: false }], 'bad_frame', 4500],
    ['a ping that is too long', [{ opcode: ping, payload: Buffer.alloc(126) }], 'bad_frame', 4500],
    ['half a close code', [{ opcode: close, payload: 'x' }], 'bad_frame', 4500],
    ['a close code that may not be sent', [{ opcode: close, payload: closePayload(1005) }], 'bad_frame', 4500],
    ['a reason that is not UTF-8', [{ opcode: close, payload: closePayload(1000, Buffer.from([0xff])) }], 'bad_frame', 4500],
    ['text that is not UTF-8', [{ opcode: text, payload: Buffer.from([0xce, 0xff]) }], 'bad_frame', 4500],
    ['a frame that is too large', [{ opcode: text, payload: 'x'.repeat(65_537) }], 'too_large', 4504],
  ])('%s ends it with a code', async (_what, sent, code, number) => {
    const line = await greeted();
    line.socket.write(frames(...sent, { opcode: text, payload: pings }));
    const { frames: all } = await line.rest;
    const [bye, farewell] = all.slice(1);
    expect(JSON.parse(String(bye?.payload))).toMatchObject({ type: 'bye', code });
    expect(farewell).toEqual({ opcode: close, payload: closePayload(number, code) });
    expect(all).toHaveLength(3);
  });

  test('binary frames are refused in words', async () => {
    const line = await greeted();
    line.socket.write(frames({ opcode: binary, payload: 'x' }));
    expect(JSON.parse(String((await line.frames(2))[1]?.payload))).toMatchObject({ type: 'error', code: 'invalid_input' });
    line.socket.destroy();
  });

  test('one who was told to go and does not answer is cut off', async () => {
    const line = await greeted();
    for (let i = 0; i < 7; i++) line.socket.write(frames({ opcode: text, payload: '{' }));
    const { frames: all } = await line.rest;
    expect(all.at(-1)).toEqual({ opcode: close, payload: closePayload(4500, 'bad_frame') });
  });
});
