/** Servers of our own that stand for what people write with a library: each a program for Node, with a PostgreSQL to itself. */
import { fork } from 'node:child_process';
import { within } from '../../journeys/support/wait.ts';
import { startPostgres } from '../support/postgres.ts';

export interface NodeServer {
  port: number;
  pids: readonly number[];
  databaseUrl: string;
  stop(): Promise<void>;
}

/** Runs the file with DATABASE_URL in its environment; it says its port when it listens. */
export async function startNodeServer(file: string): Promise<NodeServer> {
  const database = await startPostgres();
  const child = fork(file, [], { env: { ...process.env, DATABASE_URL: database.url, NODE_ENV: 'production' }, execArgv: [] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await within(ended, `the end of ${file}`, 10_000).catch(() => child.kill('SIGKILL'));
    await ended;
    await database.stop();
  };
  try {
    const port = new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(Number(message)));
      child.once('close', (code) => reject(new Error(`${file} ended (${code}).`)));
    });
    const pids = [child.pid ?? 0, database.pid];
    return { port: await within(port, `${file} to listen`), pids, databaseUrl: database.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
