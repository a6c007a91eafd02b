import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { mark } from './openLoop.ts';
import { clientFrame, type Sink, startSink, upgradeRequest, upperMicros } from './sink.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Server {
  port: number;
  sockets: WebSocket[];
  heard: string[];
}

async function serve(): Promise<Server> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  const [sockets, heard]: [WebSocket[], string[]] = [[], []];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (data) => {
      heard.push(data.toString());
      if (data.toString() === 'hello') socket.send('welcome');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(() => http.close());
  return { port: (http.address() as AddressInfo).port, sockets, heard };
}

async function readers(server: Server, count: number, channels: number[] = [0], more = {}): Promise<Sink> {
  const sink = await startSink({ framing: 'websocket', sequenceBits: 16, ...more });
  closing.push(sink.close);
  const opening = [{ send: upgradeRequest(server.port, '/') }, { await: '\r\n\r\n' }, { send: clientFrame('hello') }, { await: 'welcome' }];
  await sink.open(Array.from({ length: count }, () => ({ port: server.port, opening, channels })));
  return sink;
}

const now = () => process.hrtime.bigint();

test('what comes once and in order is counted, and how long it took', async () => {
  const server = await serve();
  const sink = await readers(server, 3);
  const begun = now();
  await sink.begin(begun);
  for (const socket of server.sockets) for (let k = 0; k < 5; k++) socket.send(`..${mark(k, begun - 1n)}..`);
  const late = await sink.end(new Map([[0, 5]]), 0.2);
  expect(late).toMatchObject({ deliveries: 0, lost: 15 });

  await sink.begin(0n);
  for (const socket of server.sockets) for (let k = 0; k < 5; k++) socket.send(`..${mark(k, now())}..`);
  const heard = await sink.end(new Map([[0, 5]]));
  expect(heard).toMatchObject({ deliveries: 15, lost: 0, doubled: 0, reordered: 0, strays: 0, cut: 0 });
  expect(heard.latency.count).toBe(15);
});

test('what is lost, doubled, out of order, astray or cut is told apart', async () => {
  const server = await serve();
  const sink = await readers(server, 1, [1, 2]);
  await sink.begin(0n);
  const say = (channel: number, number: number) => server.sockets[0]?.send(mark(channel * 65_536 + number, now()));
  for (const number of [0, 2, 1, 2]) say(1, number);
  say(2, 1);
  say(3, 0);
  const heard = await sink.end(
    new Map([
      [1, 3],
      [2, 2],
    ]),
    0.2,
  );
  expect(heard).toMatchObject({ deliveries: 6, lost: 1, doubled: 1, reordered: 1, strays: 1, cut: 0 });
});

test('a mark is found in whatever pieces it comes', async () => {
  const server = await serve();
  const sink = await readers(server, 1);
  await sink.begin(0n);
  const text = `.${mark(0, now())}${mark(1, now())}`;
  for (const letter of text) {
    server.sockets[0]?.send(letter, { fin: false });
    await new Promise((resolve) => setImmediate(resolve));
  }
  server.sockets[0]?.send('', { fin: true });
  // Each piece has a frame's head of its own in front, so nothing of a message in pieces is a mark …
  expect(await sink.end(new Map(), 0)).toMatchObject({ deliveries: 0 });
  // … but a long message that the network cuts up is found whole.
  await sink.begin(0n);
  const long = Array.from({ length: 20_000 }, (_, k) => mark(k, now())).join('');
  server.sockets[0]?.send(long);
  expect(await sink.end(new Map([[0, 20_000]]))).toMatchObject({ deliveries: 20_000, lost: 0, doubled: 0, reordered: 0 });
});

test('pings are answered, and texts that are to be', async () => {
  const server = await serve();
  await readers(server, 1, [0], { answers: [{ on: '2', send: clientFrame('3') }] });
  const pong = new Promise((resolve) => server.sockets[0]?.once('pong', (data) => resolve(data.toString())));
  server.sockets[0]?.ping('how are you');
  expect(await pong).toBe('how are you');
  const answered = new Promise((resolve) => server.sockets[0]?.once('message', (data) => resolve(data.toString())));
  server.sockets[0]?.send('2');
  expect(await answered).toBe('3');
});

test('readers say how far they have read', async () => {
  const server = await serve();
  const sink = await readers(server, 1, [1]);
  await sink.begin(0n);
  await sink.reading({
    everySeconds: 0.05,
    before: 'read ',
    middle: ' to ',
    after: '.',
    channels: [
      { name: 'a', base: 0 },
      { name: 'b', base: 10 },
    ],
  });
  const said = new Promise((resolve) => server.sockets[0]?.once('message', (data) => resolve(data.toString())));
  server.sockets[0]?.send(mark(65_536 + 4, now()));
  expect(await said).toBe('read b to 15.');
});

test('who is cut off while coming in says what was heard last', async () => {
  const server = await serve();
  const sink = await startSink({ framing: 'websocket' });
  closing.push(sink.close);
  const opening = [{ send: 'what is this\r\n\r\n' }, { await: 'never' }];
  await expect(sink.open([{ port: server.port, opening }])).rejects.toThrow('400 Bad Request');
});

test('whoever asks readers that are gone is told so, and they can be closed', async () => {
  const sink = await startSink({ framing: 'raw' });
  process.kill(sink.pid, 'SIGKILL');
  await expect(sink.begin(0n)).rejects.toThrow('The sink failed: it ended (SIGKILL)');
  await expect(sink.end(new Map())).rejects.toThrow('The sink failed: it ended (SIGKILL)');
  await sink.close();
});

test('latencies fall into buckets that follow one another without a gap', () => {
  for (let bucket = 1; bucket < 1000; bucket++) expect(upperMicros(bucket)).toBeGreaterThan(upperMicros(bucket - 1));
  expect([0, 63, 64, 127, 128, 191, 192].map(upperMicros)).toEqual([1, 64, 65, 128, 130, 256, 260]);
});
