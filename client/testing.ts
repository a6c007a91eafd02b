import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket, connect as toServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Channel, Community, Id } from '../contracts/nouns.ts';
import { compose, type House } from '../src/compose.ts';
import { connect, type Pool } from '../src/engines/postgres/index.ts';
import { freshDatabase } from '../src/engines/postgres/testing.ts';
import { createLogger } from '../src/kit/log.ts';
import { readSettings, type Settings } from '../src/settings.ts';
import { type Client, type ClientOptions, createClient, signIn, signUp, type Tokens } from './index.ts';

/** A whole server in this process, on a database of its own, behind a wire that can be misused. */
export interface TestHouse {
  house: House;
  sql: Pool;
  /** The address behind the wire. */
  url: string;
  /** The server's own address. */
  direct: string;
  wire: Wire;
  stop(): Promise<void>;
}

const rates = { anonymousRate: 1e6, anonymousBurst: 1e6, personRate: 1e6, personBurst: 1e6 };

export async function openTestHouse(more: Partial<Settings> = {}): Promise<TestHouse> {
  const database = await freshDatabase();
  const { settings } = readSettings([], {}, {});
  const logger = createLogger({ level: 'silent', format: 'json' });
  const secret = 'a secret of forty characters for testing';
  const data = await mkdtemp(join(tmpdir(), 'plaza-test-'));
  const whole = { ...settings, ...rates, ...more, port: 0, publicUrl: 'http://localhost:0', data, secret };
  const house = await compose(whole, logger, database.url);
  await house.start();
  const sql = connect(database.url, { max: 2, name: 'client-test' });
  const wire = await openWire(Number(new URL(house.address).port));
  return {
    house,
    sql,
    url: wire.url,
    direct: house.address,
    wire,
    async stop() {
      await wire.close();
      await house.stop();
      await sql.end({ timeout: 1 });
      await database.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

export const password = 'a rather long pass phrase';

export interface TestPerson {
  id: Id;
  handle: string;
  email: string;
  tokens: Required<Tokens>;
  rest: Client['rest'];
}

/** Two people in a community, and what tests of the client do with them. */
export interface TestWorld {
  ana: TestPerson;
  ben: TestPerson;
  community: Community;
  person(name: string): Promise<TestPerson>;
  /** A client through the wire. */
  client(options: Omit<ClientOptions, 'url'>): Client;
  /** A client on its own device of that person, through the wire. */
  clientOf(who: TestPerson, more?: Partial<ClientOptions>): Promise<Client>;
  /** A chat of Ana's. */
  chat(more?: object): Promise<Channel>;
  /** Posts these numbers as Ana, past the wire, as fast as the log takes them. */
  post(channel: Channel, from: number, to: number): Promise<void>;
  /** Closes all clients and mends the wire: after each test. */
  tidy(): void;
}

export const isAt = (one: Client, at: string) => expect.poll(() => one.state.value.connection.at).toBe(at);

export async function openTestWorld(plaza: TestHouse): Promise<TestWorld> {
  const clients: Client[] = [];
  let made = 0;

  function client(options: Omit<ClientOptions, 'url'>, url = plaza.url): Client {
    const one = createClient({ url, ...options });
    clients.push(one);
    return one;
  }

  async function person(name: string): Promise<TestPerson> {
    const email = `${name}.${++made}@example.org`;
    const tokens = await signUp(plaza.direct, { name, email, password });
    const { rest, close } = client({ tokens }, plaza.direct);
    const { person } = await rest<{ person: { id: Id; handle: string } }>('GET', '/v1/me');
    close();
    return { id: person.id, handle: person.handle, email, tokens, rest };
  }

  const [ana, ben] = await Promise.all([person('Ana'), person('Ben')]);
  const community = await ana.rest<Community>('POST', '/v1/communities', { name: 'Lighthouses' });
  await ben.rest('PUT', `/v1/communities/${community.id}/members/me`);
  const { accounts, conversations } = plaza.house.doors;

  return {
    ana,
    ben,
    community,
    person,
    client,
    clientOf: async (who, more = {}) => client({ tokens: await signIn(plaza.direct, { email: who.email, password }), ...more }),
    chat: (more = {}) => ana.rest<Channel>('POST', `/v1/communities/${community.id}/channels`, { name: `chat ${++made}`, ...more }),
    async post(channel, from, to) {
      const who = await accounts.authenticate(ana.tokens.access, '192.0.2.1');
      const bodies = Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
      await Promise.all(bodies.map((body) => conversations.post(who, { channel: channel.id, body })));
    },
    tidy() {
      for (const one of clients.splice(0)) one.close();
      plaza.wire.open(true);
      plaza.wire.pause(false);
      plaza.wire.deafen(false);
    },
  };
}

/** A TCP proxy. */
export interface Wire {
  url: string;
  /** Ends all connections at once. */
  cut(): void;
  /** Whether new connections are taken. */
  open(on: boolean): void;
  /** Nothing passes either way, and nothing is closed. */
  pause(on: boolean): void;
  /** What the server says is lost; what clients say arrives. */
  deafen(on: boolean): void;
  close(): Promise<void>;
}

async function openWire(port: number): Promise<Wire> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let isOpen = true;
  let isPaused = false;
  let isDeaf = false;

  const server = createServer((near) => {
    if (!isOpen) {
      near.destroy();
      return;
    }
    const far = toServer({ host: 'localhost', port });
    const pair = { near, far };
    pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    for (const side of [near, far]) side.on('error', end).on('close', end);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => isDeaf || near.write(bytes));
    if (isPaused) for (const side of [near, far]) side.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();

  function cut(): void {
    for (const { near, far } of [...pairs]) {
      near.destroy();
      far.destroy();
    }
    pairs.clear();
  }

  return {
    url: `http://localhost:${typeof address === 'object' && address ? address.port : 0}`,
    cut,
    open(on) {
      isOpen = on;
    },
    pause(on) {
      isPaused = on;
      for (const side of [...pairs].flatMap(({ near, far }) => [near, far])) {
        if (on) side.pause();
        else side.resume();
      }
    },
    deafen(on) {
      isDeaf = on;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
