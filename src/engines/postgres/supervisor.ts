import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Advice } from '../../kit/advice.ts';
import { isConnectionLoss } from '../../kit/connectionLoss.ts';
import type { Logger } from '../../kit/log.ts';
import { signal } from '../../kit/processes.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { asUser, type Cluster, configuration, initialise, prepareCluster } from './cluster.ts';
import { connect } from './index.ts';
import { endOrphan, endPostgres } from './orphan.ts';
import { chooseUser, type RunAs } from './user.ts';

export interface EmbeddedOptions {
  /** Plaza's data folder; it exists. */
  folder: string;
  /** max_slot_wal_keep_size, like `4GB`. */
  slotKeep: string;
  logger: Logger;
  /** PostgreSQL's own settings that differ from ours, by name. */
  more?: { [name: string]: string | number };
}

/** A PostgreSQL of our own. It is started again by itself whenever it ends while it should run. */
export interface Embedded {
  /** Address of the database `plaza`, understood by `connect` and `pg`. */
  url: string;
  /** Ends it in good order, within four seconds. */
  stop(): Promise<void>;
  /** Ends it at once; the next start recovers. */
  kill(): void;
}

/** Starts it in the data folder, made if need be; resolves when it takes writes. @throws Advice */
export async function startEmbedded({ folder, slotKeep, logger, more = {} }: EmbeddedOptions): Promise<Embedded> {
  const user = chooseUser(folder);
  const binaries = findBinaries(user, folder);
  const cluster = prepareCluster(folder, user, (line) => logger.info(line));
  if (!existsSync(cluster.data)) logger.info(`Making the files of PostgreSQL ${binaries.version} in ${cluster.home}`);
  await initialise(cluster, binaries, user);
  await endOrphan(cluster, (line) => logger.warn(line));
  rotate(cluster.log);

  const server = `postgres://plaza@localhost/postgres?host=${encodeURIComponent(cluster.sockets)}`;
  let stopping = false;
  let running: Run | null = null;

  async function begin(): Promise<void> {
    const run = launch(cluster, binaries, user, configuration(cluster, slotKeep, more));
    running = run;
    await untilReady(server, run, logger);
    run.ended.then(() => beginAgain(run)).catch((err: unknown) => logger.fatal({ err }, 'PostgreSQL is no longer looked after'));
  }

  async function beginAgain(after: Run): Promise<void> {
    if (stopping || running !== after) return;
    logger.error(`PostgreSQL ended by itself (${after.said() || 'it said nothing'}); starting it again`);
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 5_000)) {
      try {
        await begin();
        logger.info('PostgreSQL runs again');
        return;
      } catch (error) {
        if (stopping) return;
        logger.error(`PostgreSQL does not start: ${error instanceof Error ? error.message : String(error)}; trying again`);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  logger.info(`PostgreSQL ${binaries.version} starting`);
  const stop = async () => {
    stopping = true;
    if (running && !running.over()) await endPostgres(running.pid);
  };
  try {
    await beginPatiently(begin);
    await makeDatabase(server);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: server.replace('/postgres?', '/plaza?'),
    stop,
    kill() {
      stopping = true;
      if (running && !running.over()) signal(running.pid, 'SIGQUIT');
    },
  };
}

/** Processes of a PostgreSQL that was killed need a moment to notice; until then they hold its memory. */
async function beginPatiently(begin: () => Promise<void>): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      const held = error instanceof Advice && /shared memory block/.test(error.message);
      if (!held || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

interface Run {
  pid: number;
  over(): boolean;
  ended: Promise<void>;
  /** The last complaint it wrote since it was launched, or ''. */
  said(): string;
}

/** In a session of its own, so that Ctrl-C reaches us alone and we decide the order. */
function launch(cluster: Cluster, binaries: Binaries, user: RunAs, settings: string[]): Run {
  const log = openSync(cluster.log, 'a', 0o600);
  const from = statSync(cluster.log).size;
  const child = spawn(join(binaries.folder, 'bin', 'postgres'), ['-D', cluster.data, ...settings], {
    ...asUser(user),
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  // A number of 0 would mean our own process group.
  if (!child.pid) throw new Advice(`${child.spawnfile} does not run here; set DATABASE_URL to a PostgreSQL of your own.`);
  return { pid: child.pid, over: () => over, ended, said: () => complaint(cluster.log, from) };
}

async function untilReady(server: string, run: Run, logger: Logger): Promise<void> {
  const patient = setTimeout(() => logger.info('PostgreSQL recovers what was not yet in place; this can take a while'), 3_000);
  try {
    while (!run.over()) {
      if (await takesWrites(server)) return;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  } finally {
    clearTimeout(patient);
  }
  const said = run.said();
  if (/No space left/.test(said)) throw Object.assign(new Error(said), { code: 'ENOSPC' });
  throw new Advice(`PostgreSQL does not start: ${said || 'it ended without a word'}`);
}

/** A backup that is being restored can be read before it takes writes; that is too early for us. */
async function takesWrites(server: string): Promise<boolean> {
  const sql = connect(server, { max: 1, name: 'plaza-start' });
  try {
    const [row] = await sql`select pg_is_in_recovery() as recovering`;
    return row?.['recovering'] === false;
  } catch (error) {
    if (isConnectionLoss(error)) return false;
    throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function makeDatabase(server: string): Promise<void> {
  const sql = connect(server, { max: 1, name: 'plaza-start' });
  try {
    const [found] = await sql`select from pg_database where datname = 'plaza'`;
    if (!found) await sql`create database plaza`;
  } finally {
    await sql.end();
  }
}

/** The last line of the log from there on that says what is wrong. */
function complaint(log: string, from: number): string {
  const size = statSync(log).size;
  const start = Math.max(from, size - 16_384);
  const bytes = Buffer.alloc(Math.max(size - start, 0));
  const file = openSync(log, 'r');
  try {
    readSync(file, bytes, 0, bytes.length, start);
  } finally {
    closeSync(file);
  }
  const lines = bytes.toString('utf8').split('\n');
  const found =
    lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.findLast((line) => /ERROR|error while loading/.test(line)) ?? '';
  return found.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '');
}

function rotate(log: string): void {
  if (existsSync(log) && statSync(log).size > 2 ** 24) renameSync(log, `${log}.1`);
}
