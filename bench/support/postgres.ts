/** A durable PostgreSQL for those who bring none, with the settings of Plaza's own. */
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tidyAfter } from '../../journeys/support/tidy.ts';
import { until } from '../../journeys/support/wait.ts';
import { connect } from '../../src/engines/postgres/index.ts';
import { startEmbedded } from '../../src/engines/postgres/supervisor.ts';
import { chooseUser } from '../../src/engines/postgres/user.ts';
import { createLogger } from '../../src/kit/log.ts';

export interface Database {
  /** For `pg` and postgres.js, by a socket of the file system, as Plaza itself uses. */
  url: string;
  /** The folder of that socket, for programs that want it alone; user and database are `plaza`. */
  sockets: string;
  /** The number of its first process: its CPU is that of this one and its descendants. */
  pid: number;
  /** Where it listens on 127.0.0.1, where a port was asked for; else 0. */
  port: number;
  stop(): Promise<void>;
}

/** @param more PostgreSQL's own settings that differ, by name. @param port listens on 127.0.0.1 too, for programs without file sockets */
export async function startPostgres({
  more = {},
  port = 0,
}: {
  more?: { [name: string]: string | number };
  port?: number;
} = {}): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'plaza-bench-'));
  const tidy = tidyAfter(folder);
  const user = chooseUser(folder);
  if (user) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const logger = createLogger({ level: 'error', format: 'pretty' });
  try {
    const { url, stop } = await startEmbedded({
      folder,
      slotKeep: '4GB',
      logger,
      more: { ...(port > 0 && { listen_addresses: '127.0.0.1', port }), ...more },
    });
    return {
      url,
      sockets: new URL(url).searchParams.get('host') ?? '',
      pid: postmaster(folder),
      port,
      async stop() {
        await stop();
        await tidy();
      },
    };
  } catch (error) {
    await tidy();
    throw error;
  }
}

const segmentMegabytes = 16;

/**
 * Leaves a server with so much of its write-ahead log to be used again, as one has that has been in use for a while: a new
 * one makes and clears each file as it comes to it.
 * @param megabytes less than its min_wal_size
 */
export async function prepareLog(databaseUrl: string, megabytes: number): Promise<void> {
  const wanted = Math.floor(megabytes / segmentMegabytes);
  const sql = connect(databaseUrl, { max: 1, name: 'bench-log-files' });
  const isReady = async () => {
    const [row] = await sql<[{ ahead: number }]>`
      select count(*)::int as ahead from pg_ls_waldir() where name > pg_walfile_name(pg_current_wal_lsn())`;
    return row.ahead >= wanted;
  };
  try {
    if (wanted === 0 || (await isReady())) return;
    for (let i = 0; i < wanted; i++) await sql`select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()`;
    const recycled = async () => {
      // Readers of the log let go of what is behind them once they have come across two of these snapshots and have said so; and
      // PostgreSQL counts that only when a transaction was over in between.
      await sql`select pg_current_xact_id()`;
      await sql`select pg_log_standby_snapshot()`;
      await sql`checkpoint`;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return isReady();
    };
    await until('the files of the write-ahead log can be used again', recycled, 120_000);
  } finally {
    await sql.end();
  }
}

/** The first process of the PostgreSQL that Plaza keeps in this data folder, or 0. */
export function postmaster(dataFolder: string): number {
  const file = join(dataFolder, 'postgres/data/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
}
