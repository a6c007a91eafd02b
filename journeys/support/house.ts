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
  try {
    for (let i = 1; i <= processes; i++) {
      const port = await freePort();
      const shared = { DATABASE_URL: database.url, PLAZA_SECRET: 'the same secret for all processes of this house' };
      servers.push(await startServer({ data: join(folder, `server-${i}`), port, env: { ...shared, ...env } }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, base: servers[0]?.base ?? '', otherBase: servers.at(-1)?.base ?? '', stop };
}
