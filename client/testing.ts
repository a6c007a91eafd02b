import { createServer, type Socket, connect as toServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose, type House } from '../src/compose.ts';
import { connect, type Pool } from '../src/engines/postgres/index.ts';
import { freshDatabase } from '../src/engines/postgres/testing.ts';
import { createLogger } from '../src/kit/log.ts';
import { readSettings, type Settings } from '../src/settings.ts';

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
  const data = join(tmpdir(), `plaza-test-client-${process.pid}`);
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
