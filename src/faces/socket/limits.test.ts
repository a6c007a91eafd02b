import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errors } from '../../../contracts/errors.ts';
import { openHouse, type SocketHouse } from './testing.ts';

let house: SocketHouse;
/** On the same database: waits a second for a hello; waits a second for anything. */
let hasty: SocketHouse;
let restless: SocketHouse;
let token: string;

beforeAll(async () => {
  house = await openHouse({ settings: { joins: 2, framesPerSecond: 5, framesBurst: 20, allowedOrigins: ['https://friend.test'] } });
  hasty = await openHouse({ settings: { helloSeconds: 1 }, beside: house });
  restless = await openHouse({ settings: { silenceSeconds: 1 }, beside: house });
  ({ token } = await house.someone('Ana'));
});
afterAll(async () => {
  await hasty.end();
  await restless.end();
  await house.end();
});

async function opened(options?: Parameters<SocketHouse['connect']>[0], at = house) {
  const socket = at.connect(options);
  await once(socket.ws, 'open');
  return socket;
}

async function statusOf(options: Parameters<SocketHouse['connect']>[0]): Promise<number | undefined> {
  const socket = house.connect(options);
  const [, response] = await once(socket.ws, 'unexpected-response');
  response.destroy();
  return response.statusCode;
}

describe('who is let in', () => {
  test('pages of other origins are not, unless the setting says so', async () => {
    expect(await statusOf({ origin: 'https://evil.test' })).toBe(403);
    expect(await statusOf({ origin: 'null' })).toBe(403);
    await opened({ origin: 'https://friend.test' });
    await opened({ origin: house.url });
    await opened();
  });

  test('the subprotocol must be offered, and is answered', async () => {
    expect(await statusOf({ protocols: [] })).toBe(400);
    expect(await statusOf({ protocols: ['graphql-transport-ws'] })).toBe(400);
    expect((await opened({ protocols: ['other', 'plaza.v1'] })).ws.protocol).toBe('plaza.v1');
  });

  test.each([
    ['a wrong token', { type: 'hello', token: 'wrong' }],
    ['no token', { type: 'hello', token: '' }],
    ['anything before hello', { type: 'join', channel: '1' }],
  ] as const)('%s is told to sign in first', async (_what, frame) => {
    const socket = await opened();
    socket.say(frame);
    expect(await socket.next('bye')).toMatchObject({ code: 'unauthenticated' });
    expect(await socket.closed).toMatchObject({ code: 4501 });
  });

  test('who said hello in time is greeted, however long the database takes', async () => {
    const socket = await hasty.sql.begin(async (tx) => {
      await tx`lock table installation in access exclusive mode`;
      const late = await opened({}, hasty);
      late.say({ type: 'hello', token });
      await new Promise((resolve) => setTimeout(resolve, 1600));
      return late;
    });
    await socket.next('ready');
    socket.ws.terminate();
  });

  test('who says nothing is let go', async () => {
    const socket = await opened({}, hasty);
    expect(await socket.next('bye')).toMatchObject({ code: 'unauthenticated' });
  });

  test('who was greeted and falls silent is told to come back', async () => {
    const socket = await opened({}, restless);
    socket.say({ type: 'hello', token });
    expect(await socket.next('bye')).toMatchObject({ code: 'silent', retryAfter: expect.any(Number) });
    expect(await socket.closed).toMatchObject({ code: 4003 });
  });

  test('a token ends with its time', async () => {
    const { accounts } = house.doors;
    const before = accounts.expiresAt;
    const socket = await house.enter(token);
    accounts.expiresAt = async () => Date.now() + 100;
    try {
      socket.say({ type: 'hello', token });
      expect(await socket.next('bye')).toMatchObject({ code: 'token_expired' });
      expect(await socket.closed).toMatchObject({ code: 4002 });
    } finally {
      accounts.expiresAt = before;
    }
  });
});

describe('limits', () => {
  test('garbled frames are refused a few times, then it is enough', async () => {
    const socket = await opened();
    for (let i = 0; i < 7; i++) socket.ws.send(i % 2 ? Buffer.from([1, 2]) : '{');
    expect(await socket.next('bye')).toMatchObject({ code: 'bad_frame' });
    expect(await socket.closed).toMatchObject({ code: 4500 });
    expect(socket.frames.filter((frame) => frame.type === 'error' && frame.code === 'invalid_input').length).toBeGreaterThanOrEqual(5);
  });

  test('a frame that is too large ends it', async () => {
    const socket = await house.enter(token);
    socket.ws.send('x'.repeat(70_000));
    expect(await socket.next('bye')).toMatchObject({ code: 'too_large' });
    expect(await socket.closed).toMatchObject({ code: 4504 });
  });

  test('text that is not UTF-8 ends it', async () => {
    const socket = await house.enter(token);
    socket.ws.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await socket.next('bye')).toMatchObject({ code: 'bad_frame' });
    expect(await socket.closed).toMatchObject({ code: 4500 });
  });

  test('too many frames are refused, far too many end it', async () => {
    const socket = await house.enter(token);
    for (let i = 0; i < 40; i++) socket.say({ type: 'ping' });
    expect(await socket.next('error')).toMatchObject({ code: 'too_many_requests', retryable: true, retryAfter: expect.any(Number) });
    for (let i = 0; i < 200; i++) socket.say({ type: 'ping' });
    expect(await socket.next('bye')).toMatchObject({ code: 'too_many_requests' });
    expect(await socket.closed).toMatchObject({ code: 4503 });
  });

  test('only so many channels are open at once', async () => {
    const socket = await house.enter(token);
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await house.chat(token)).channel);
    const answers = [];
    for (const channel of ids) answers.push(await socket.ask({ type: 'join', channel }));
    expect(answers.map((answer) => answer.type)).toEqual(['joined', 'joined', 'error']);
    expect(answers[2]).toMatchObject({ code: 'conflict' });
    await socket.ask({ type: 'leave', channel: ids[0] ?? '' });
    expect(await socket.ask({ type: 'join', channel: ids[2] ?? '' })).toMatchObject({ type: 'joined' });
  });

  test('whatever is sent, each answer has a code of the table and the server lives', async () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom('{"type":"join","channel":"1"}', '{"type":"sync","channel":"99","since":0}'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 15 }), async (words) => {
        const socket = await house.enter(token);
        for (const text of words) socket.ws.send(text);
        socket.say({ type: 'ping' });
        await Promise.race([socket.next('pong'), socket.closed]);
        for (const frame of socket.frames) if (frame.type === 'error') expect(Object.keys(errors)).toContain(frame.code);
        expect(socket.frames.some((frame) => frame.type === 'error' && frame.code === 'internal')).toBe(false);
        socket.ws.terminate();
      }),
      { numRuns: 30 },
    );
  });
});
