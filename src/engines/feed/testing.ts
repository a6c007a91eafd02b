import { pino } from 'pino';
import { startTestServer } from '../../../journeys/support/testServer.ts';
import type { Logger } from '../../kit/log.ts';
import type { Sql } from '../postgres/index.ts';
import { onServer } from '../postgres/testing.ts';

export const silent: Logger = pino({ level: process.env['PLAZA_TEST_LOG'] ?? 'silent' });

export async function emitText(sql: Sql, prefix: string, text: string): Promise<void> {
  await sql`select pg_logical_emit_message(true, ${prefix}, ${text})`;
}

/** Waits for something to come true; the test's own timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** No live feed has a slot of its own in this database: they are carried, or have let go of theirs. */
export const noOwnSlots = (sql: Sql) =>
  until(async () => (await sql`select from pg_replication_slots where database = current_database() and temporary`).length === 0);

export interface OwnServer {
  url: string;
  /** SIGKILL to the server; resolves when it has come back by itself and has recovered from its log. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL of a test's own, to be killed at will. @param slotKeep max_slot_wal_keep_size */
export async function startOwnServer(slotKeep?: string): Promise<OwnServer> {
  const { url, stop } = await startTestServer(slotKeep);
  const postmaster = async () => {
    const [row] = await onServer(url, (sql) => sql<{ file: string }[]>`select pg_read_file('postmaster.pid') as file`);
    return Number(row?.file.split('\n')[0]);
  };
  return {
    url,
    async crash() {
      const pid = await postmaster();
      process.kill(pid, 'SIGKILL');
      await until(() =>
        postmaster().then(
          (now) => now !== pid,
          () => false,
        ),
      );
    },
    stop,
  };
}
