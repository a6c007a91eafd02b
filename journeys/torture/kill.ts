import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signal } from '../../src/kit/processes.ts';
import { type Server, startServer } from '../support/server.ts';
import { until } from '../support/wait.ts';
import type { Chance } from './chance.ts';

export const victims = ['server', 'database', 'one session of the database', 'server and database'] as const;
export type Victim = (typeof victims)[number];

/** Kills without warning and resolves when the house is open again, with the server that runs now. */
export async function killAndRecover(victim: Victim, server: Server, chance: Chance): Promise<Server> {
  const { data, base } = server;
  const postmaster = Number(readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  if (victim === 'one session of the database') kill(await oneSession(postmaster, chance));
  if (victim === 'database' || victim === 'server and database') kill(postmaster);
  if (victim === 'server' || victim === 'server and database') {
    kill(server.process.pid ?? 0);
    await server.ended;
    return await startServer({ data, port: Number(new URL(base).port), env: tortureEnv });
  }
  // The server starts its database again by itself; until it notices it may still call itself ready.
  let said = '';
  const isBack = async () => {
    const answer = await fetch(`${base}/readyz`);
    said = await answer.text();
    return answer.ok && postmasterOf(data) !== (victim === 'database' ? postmaster : 0);
  };
  await until('the server is ready again', isBack, 30_000).catch((error: Error) => {
    throw new Error(`${error.message} It says: ${said}`);
  });
  return server;
}

/** People stay signed in for as long as the torture lasts. */
export const tortureEnv = { PLAZA_ACCESS_TOKEN_MINUTES: '1440' };

function postmasterOf(data: string): number {
  try {
    return Number(readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0;
  }
}

function kill(pid: number): void {
  if (pid > 1) signal(pid, 'SIGKILL');
}

async function oneSession(postmaster: number, chance: Chance): Promise<number> {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(postmaster)]);
  const pids = stdout.trim().split('\n').map(Number);
  return pids[chance.whole(0, pids.length - 1)] ?? 0;
}
