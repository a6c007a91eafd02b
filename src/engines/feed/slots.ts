import { createHash } from 'node:crypto';
import type { Logger } from '../../kit/log.ts';
import type { Pool, Sql } from '../postgres/index.ts';
import { type Lsn, parseLsn } from './lsn.ts';
import type { Replication } from './replication.ts';

/** A durable slot as health shows it. */
export interface SlotState {
  name: string;
  /** A reader is connected. */
  active: boolean;
  /** `reserved`, `extended`, `unreserved` (about to be lost) or `lost`: the reader must rebuild. */
  walStatus: string;
  /** Bytes of write-ahead log that this slot makes the server keep. */
  retainedBytes: number;
  /** Bytes that its reader has not confirmed yet. */
  lagBytes: number;
  /** Bytes that may still be written before the slot is lost; null: no limit. */
  safeBytes: number | null;
}

/** Plaza's durable slots of this database. */
export async function slots(sql: Sql): Promise<SlotState[]> {
  return sql<SlotState[]>`
    select slot_name as name, active, coalesce(wal_status, 'lost') as "walStatus",
      coalesce(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn), 0)::float8 as "retainedBytes",
      coalesce(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), confirmed_flush_lsn), 0)::float8 as "lagBytes",
      safe_wal_size::float8 as "safeBytes"
    from pg_replication_slots
    where slot_name like 'plaza\\_%' and database = current_database() and not temporary
    order by slot_name`;
}

const sampleMillis = 5_000;

/** Where the write-ahead log on disk ends, asked for now and then: how far a reader lags is told by that. */
export function watchWalHead(sql: Sql, logger: Logger): { behind(read: Lsn): number; stop(): void } {
  let head: Lsn = 0n;
  const sampler = setInterval(async () => {
    try {
      const [row] = await sql<{ lsn: string }[]>`select pg_current_wal_flush_lsn()::text as lsn`;
      head = parseLsn(row?.lsn ?? '0/0');
    } catch (err) {
      logger.debug({ err }, 'The end of the write-ahead log could not be asked for.');
    }
  }, sampleMillis);
  return {
    behind: (read) => (head > read ? Number(head - read) : 0),
    stop: () => clearInterval(sampler),
  };
}

/** The durable slot of a reader of this database. Slots are of the whole server, hence the database in the name. */
export async function slotName(sql: Sql, reader: string): Promise<string> {
  const [row] = await sql<{ name: string }[]>`select current_database() as name`;
  return `plaza_${reader}_${createHash('sha256')
    .update(row?.name ?? '')
    .digest('hex')
    .slice(0, 8)}`;
}

/**
 * Makes a slot; answers the place from which it hears every commit. What was committed before can be seen. That waits for
 * the transactions that are writing now, on the whole server, so it may take as long as the longest of them: said in the
 * log every ten seconds.
 */
export async function createSlot(
  replication: Replication,
  name: string,
  { temporary, sql, logger, signal }: { temporary: boolean; sql: Pool; logger: Logger; signal: AbortSignal },
): Promise<Lsn> {
  const warn = setInterval(() => {
    sayWhoHoldsUp(sql, logger).catch((err: unknown) => logger.warn({ err, slot: name }, 'The feed waits for its slot.'));
  }, 10_000);
  // The server would go on waiting although nobody is there any more.
  const giveUp = () => {
    sql`select pg_terminate_backend(${replication.pid()})`.catch((err: unknown) =>
      logger.warn({ err, slot: name }, 'A slot in the making could not be given up.'),
    );
  };
  signal.addEventListener('abort', giveUp);
  try {
    const [row] = await replication.query(
      `CREATE_REPLICATION_SLOT "${name}" ${temporary ? 'TEMPORARY ' : ''}LOGICAL pgoutput NOEXPORT_SNAPSHOT`,
    );
    const start = parseLsn(row?.['consistent_point'] ?? '0/0');
    await committedAreSeen(replication);
    return start;
  } finally {
    clearInterval(warn);
    signal.removeEventListener('abort', giveUp);
  }
}

async function sayWhoHoldsUp(sql: Pool, logger: Logger): Promise<void> {
  const [oldest] = await sql`
    select pid, application_name as program, datname as database, extract(epoch from now() - xact_start)::int as seconds
    from pg_stat_activity where backend_xid is not null order by xact_start limit 1`;
  logger.warn({ oldest }, 'The feed waits for its slot until the transactions that are now writing have ended.');
}

/**
 * A transaction that committed just before the slot's beginning is not heard, and for a moment, with synchronous
 * replication maybe for long, not seen by other sessions either. Whoever looks up what moved must see it, so we wait
 * until those that were running have gone, as long as that takes: which of them will be heard nobody can tell.
 */
async function committedAreSeen(replication: Replication): Promise<void> {
  const running = async () => {
    const rows = await replication.query(
      'select backend_xid::text as xid from pg_stat_activity where backend_xid is not null and datname = current_database()',
    );
    return new Set(rows.map((row) => row['xid']));
  };
  let before = await running();
  for (let tries = 1; before.size > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(200, 10 * tries)));
    before = before.intersection(await running());
  }
}
