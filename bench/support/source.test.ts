import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { clientFrame, upgradeRequest } from './sink.ts';
import { messageFrame, type Source, serialHere, startSource } from './source.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Answers each message as it is told to, and a greeting with a welcome. */
async function serve(answer: (said: { key?: string }) => string[]): Promise<number> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      for (const text of data.toString() === 'hello' ? ['welcome'] : answer(JSON.parse(data.toString()))) socket.send(text);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(() => http.close());
  return (http.address() as AddressInfo).port;
}

async function writers(port: number, count: number): Promise<Source> {
  const opening = [{ send: upgradeRequest(port, '/') }, { await: '\r\n\r\n' }, { send: clientFrame('hello') }, { await: 'welcome' }];
  const source = await startSource({
    messages: [messageFrame({ key: `k${serialHere}` })],
    writers: Array.from({ length: count }, () => ({ port, opening, messages: { first: 0, count: 1, start: 0 } })),
    answer: '"key":"k',
    refusals: ['"no"'],
  });
  closing.push(source.close);
  return source;
}

const load = { loop: { underWay: 8 }, burst: 2, warmSeconds: 0.05, seconds: 0.2 };

test('messages go out by closed and by open loop, each with a number of its own, and are known by it when they are answered', async () => {
  const keys: string[] = [];
  const port = await serve((said) => {
    keys.push(said.key ?? '');
    return [JSON.stringify(said)];
  });
  const source = await writers(port, 10);
  let sent = 0;
  for (const loop of [{ underWay: 8 }, { perSecond: 400 }]) {
    // Who answers is this process, which may be held up for as long as a run.
    for (let acknowledged = 0; acknowledged === 0; ) {
      const counts = await source.run({ ...load, loop });
      expect(counts).toMatchObject({ first: sent, doubled: 0, unknown: 0, refused: 0 });
      sent += counts.sent;
      acknowledged = counts.acknowledged;
    }
  }
  await expect.poll(() => keys.length).toBe(sent);
  expect(keys.toSorted()).toEqual(keys.map((_, k) => `k${k.toString(16).padStart(8, '0')}`));
});

test('answers that come twice, that nobody asked for, and refusals are told apart', async () => {
  const port = await serve((said) => [JSON.stringify(said), JSON.stringify(said), '{"key":"kffffffff"}', '{"no"}']);
  const { doubled, unknown, refused, sent } = await (await writers(port, 2)).run({ ...load, loop: { perSecond: 100 } });
  // What follows the last answer may come too late to count.
  expect([doubled, unknown].map((count) => count >= sent - 2 && count <= sent)).toEqual([true, true]);
  expect(refused).toBeGreaterThan(0);
});

test('who is not let in ends the writing with what was heard last', async () => {
  const port = await serve(() => []);
  const opening = [{ send: 'what is this\r\n\r\n' }, { await: 'never' }];
  const started = startSource({ messages: [Buffer.from('x')], writers: [{ port, opening }], answer: 'x', refusals: [] });
  await expect(started).rejects.toThrow(/a connection was not let in; last heard: "HTTP\/1.1 400/);
});
