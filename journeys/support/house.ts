import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '../../src/engines/postgres/testing.ts';
import { freePort, type Server, startServer } from './server.ts';
import { tidyAfter } from './tidy.ts';

export interface House {
  servers: readonly Server[];
  /** Addresses of the first and of the last server; the same where there is one. */
  base: string;
  otherBase: string;
  /** Kills the first server as a power cut would; `startAgain` starts it on the same data and port. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** One or more servers on one fresh database. */
export async function startHouse({
  processes = 1,
  env = {},
}: {
  processes?: number;
  env?: { [name: string]: string };
} = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'plaza-test-'));
  const tidy = tidyAfter(folder);
  const database = await freshDatabase();
  const servers: Server[] = [];
  async function stop(): Promise<void> {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
    await tidy();
  }
  const shared = { DATABASE_URL: database.url, PLAZA_SECRET: 'the same secret for all processes of this house' };
  const start = (i: number, port: number) => startServer({ data: join(folder, `server-${i + 1}`), port, env: { ...shared, ...env } });
  try {
    for (let i = 0; i < processes; i++) servers.push(await start(i, await freePort()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    servers,
    base: servers[0]?.base ?? '',
    otherBase: servers.at(-1)?.base ?? '',
    async kill() {
      servers[0]?.process.kill('SIGKILL');
      await servers[0]?.ended;
    },
    async startAgain() {
      servers[0] = await start(0, Number(new URL(servers[0]?.base ?? '').port));
    },
    stop,
  };
}
