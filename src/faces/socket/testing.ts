import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { inject } from 'vitest';
import { WebSocket } from 'ws';
import type { Id } from '../../../contracts/nouns.ts';
import { type ClientFrame, type ServerFrame, subprotocol } from '../../../contracts/wire.ts';
import { createFeed } from '../../engines/feed/index.ts';
import { emitText, until } from '../../engines/feed/testing.ts';
import { databaseUrl } from '../../engines/postgres/testing.ts';
import { createLogger } from '../../kit/log.ts';
import { createTestServer, type TestServer } from '../http/testing.ts';
import { createSocketFace, type SocketDeps, type SocketFace } from './index.ts';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;
type Listener = Parameters<SocketDeps['feed']['listen']>[0];

/** One client: what it was told, and how it speaks. */
export interface TestSocket {
  ws: WebSocket;
  frames: ServerFrame[];
  closed: Promise<{ code: number; reason: string }>;
  say(frame: ClientFrame): void;
  /** The next frame of this type that nobody waited for yet. Fails when the socket closes without. */
  next<T extends ServerFrame['type']>(type: T, which?: (frame: Frame<T>) => boolean): Promise<Frame<T>>;
  /** Says it with an id and waits for the answer to that, whatever it is. */
  ask(frame: Exclude<ClientFrame, { type: 'hello' | 'ping' | 'typing' | 'watch' }>): Promise<ServerFrame>;
}

export interface SocketHouse extends TestServer {
  face: SocketFace;
  url: string;
  database: string;
  /** What the feed tells; tests may tell of their own. */
  heard: Listener;
  connect(options?: { origin?: string; protocols?: string[]; headers?: Record<string, string> }): TestSocket;
  /** Connected and greeted. */
  enter(token: string): Promise<TestSocket>;
  /** A community of this person's with a public chat; the feed has told of all of it. */
  chat(token: string): Promise<{ community: Id; channel: Id }>;
  /** Resolves once the feed has told of everything that was committed before. */
  hasTold(): Promise<void>;
  who(token: string): ReturnType<TestServer['doors']['accounts']['authenticate']>;
}

/** No person has this id. */
const nobody = '999999999999';

/** The whole face on a real server with real domains, a real database and its feed; `beside` another, on its database, which ends last. */
export async function openHouse({
  beside,
  ...given
}: Pick<SocketDeps, 'settings' | 'timing'> & { beside?: SocketHouse } = {}): Promise<SocketHouse> {
  const logger = createLogger({ level: process.env['PLAZA_TEST_LOG'] ?? 'silent', format: 'json' });
  let heard: Listener | null = null;
  let face: SocketFace | null = null;
  const test = await createTestServer(({ doors, metrics }) => {
    const deaf = {
      listen(listener: Listener) {
        heard = listener;
        return () => {};
      },
      async seen() {},
    };
    face = createSocketFace({ doors, feed: deaf, logger, metrics, ...given });
    return { socket: face };
  }, beside?.database);
  if (!heard || !face) throw new Error('The face does not listen to the feed.');
  const made: SocketFace = face;
  const listener: Listener = heard;
  const [row] = await test.sql<{ name: string }[]>`select current_database() as name`;
  const database = databaseUrl(inject('testServer'), row?.name ?? '');
  const feed = createFeed({ url: database, sql: test.sql, logger });
  feed.listen(listener);
  const told = new Set<string>();
  feed.listen({
    events(batch) {
      for (const { topic, bytes } of batch) if (topic.kind === 'person' && topic.person === nobody) told.add(bytes.toString());
    },
    broken() {},
    mended() {},
  });
  await feed.start();

  async function hasTold(): Promise<void> {
    const mark = JSON.stringify({ type: 'draft', mark: randomUUID() });
    await test.sql.begin((tx) => emitText(tx, `plaza/person/${nobody}`, mark));
    await until(() => told.has(mark));
  }

  const { port } = await test.server.listen();
  const sockets = new Set<WebSocket>();

  function connect({ origin, protocols = [subprotocol], headers = {} }: Parameters<SocketHouse['connect']>[0] = {}): TestSocket {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/socket`, protocols, { ...(origin && { origin }), headers, perMessageDeflate: false });
    sockets.add(ws);
    return listenTo(ws);
  }

  return {
    ...test,
    face: made,
    heard: listener,
    database,
    url: `http://127.0.0.1:${port}`,
    connect,
    async enter(token) {
      const socket = connect();
      await once(socket.ws, 'open');
      socket.say({ type: 'hello', token });
      await socket.next('ready');
      return socket;
    },
    async chat(token) {
      const who = await test.doors.accounts.authenticate(token, '192.0.2.1');
      const community = await test.doors.communities.create(who, { name: `Place ${Math.random().toString(36).slice(2)}` });
      const channel = await test.doors.conversations.createChannel(who, { community: community.id, name: 'talk' });
      await hasTold();
      return { community: community.id, channel: channel.id };
    },
    hasTold,
    who: (token) => test.doors.accounts.authenticate(token, '192.0.2.1'),
    async end() {
      await made.drain();
      for (const ws of sockets) ws.terminate();
      await feed.stop();
      await test.end();
    },
  };
}

let asked = 0;

function listenTo(ws: WebSocket): TestSocket {
  const frames: ServerFrame[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  const seen = new Set<ServerFrame>();
  let over = '';
  ws.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    wake();
  });
  ws.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => {
      over = `closed with ${code} ${reason}`;
      resolve({ code, reason: String(reason) });
      wake();
    });
  });

  function next<T extends ServerFrame['type']>(type: T, which: (frame: Frame<T>) => boolean = () => true): Promise<Frame<T>> {
    return new Promise((resolve, reject) => {
      function look(): void {
        for (const frame of frames) {
          if (seen.has(frame) || frame.type !== type || !which(frame as Frame<T>)) continue;
          seen.add(frame);
          waiting.delete(look);
          resolve(frame as Frame<T>);
          return;
        }
        if (!over) return;
        waiting.delete(look);
        reject(new Error(`No "${type}" came; the socket ${over}. It said ${JSON.stringify(frames.slice(-3))}.`));
      }
      waiting.add(look);
      look();
    });
  }
  const say = (frame: ClientFrame) => ws.send(JSON.stringify(frame));

  return {
    ws,
    frames,
    closed,
    say,
    next,
    ask(frame) {
      const id = `q${++asked}`;
      say({ ...frame, id });
      return new Promise((resolve, reject) => {
        function look(): void {
          const answer = frames.find((given) => 'id' in given && given.id === id);
          if (answer) seen.add(answer);
          if (answer) resolve(answer);
          else if (over) reject(new Error(`No answer; the socket ${over}.`));
          else return;
          waiting.delete(look);
        }
        waiting.add(look);
        look();
      });
    },
  };
}
