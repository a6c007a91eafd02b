import type postgresJs from 'postgres';
import './mend.ts';

export { numbers, texts } from './arrays.ts';
export { isoTime } from './times.ts';

// Read only after the mends are in place.
const { default: postgres } = await import('postgres');

/** A pool, or the connection of a transaction: everything that can run a query. */
export type Sql = postgresJs.Sql | postgresJs.TransactionSql;
/** A pool that can begin a transaction. */
export type Pool = postgresJs.Sql;
/** A part of a statement, or a whole one that was not sent. */
export type Fragment = postgresJs.Fragment;
/** The connection of a transaction. */
export type Transaction = postgresJs.TransactionSql;

export interface ConnectOptions {
  /** Connections at most. */
  max: number;
  /** Shown in pg_stat_activity. */
  name: string;
  /** How long a statement waits for another's lock before it fails with 55P03; for ever unless told. */
  lockMillis?: number;
  /**
   * For connections whose statements all find a few rows by an index: each is planned once, not anew for every number of
   * elements in its arrays. Other ways to find and join are off, or a plan made while a table was empty would read it
   * whole until statistics are gathered.
   */
  plannedOnce?: boolean;
  /** Told of every statement before it goes out. */
  watch?: (query: string, parameters: readonly unknown[]) => void;
}

const plannedOnce = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off' };

/**
 * Opens a pool. 64-bit integers come as decimal strings, timestamps as Date, json parsed. Connections are opened on
 * demand and come back by themselves after the database was away.
 */
export function connect(url: string, options: ConnectOptions): Pool {
  const { watch } = options;
  const { address, socket } = bySocket(url);
  return postgres(address, {
    ...(socket ? { path: socket } : {}),
    max: options.max,
    idle_timeout: 60,
    connect_timeout: 5,
    // Seconds before a lost connection is tried again. The driver's own count of failures is the whole pool's and soon means twenty.
    backoff: () => 0.05 + Math.random() / 5,
    onnotice: () => {},
    ...(watch ? { debug: (_: number, query: string, parameters: unknown[]) => watch(query, parameters) } : {}),
    // The log's locks rest on every statement seeing what was committed before it, whatever the server's default is.
    connection: {
      application_name: options.name,
      default_transaction_isolation: 'read committed',
      // The one form that `isoTime` reads.
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      lock_timeout: options.lockMillis ?? 0,
      ...(options.plannedOnce ? plannedOnce : {}),
    },
  });
}

/**
 * The one connection of a process for what it reads most: a few rows by their indexes, for all who ask at the same time.
 * Each statement is planned once, and what is sent first is carried out first, so what must come after another goes out
 * without a wait for its answer. Such statements name their columns: one whose columns changed is sent anew by the driver,
 * behind what followed it. Spread over a pool, the same reads cost half as much again in the server and in PostgreSQL.
 */
export function connectReads(url: string, options: Pick<ConnectOptions, 'watch'> = {}): Pool {
  return connect(url, { ...options, max: 1, name: 'plaza-reads', plannedOnce: true });
}

/** libpq and pg take a socket's folder as `?host=/folder`; postgres.js wants the socket itself. */
function bySocket(url: string): { address: string; socket: string | null } {
  const address = URL.parse(url);
  const folder = address?.searchParams.get('host');
  if (!address || !folder?.startsWith('/')) return { address: url, socket: null };
  address.searchParams.delete('host');
  return { address: address.href, socket: `${folder}/.s.PGSQL.${address.port || 5432}` };
}

/** PostgreSQL's SQLSTATE of an error, or ''. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function sqlState(error: unknown): string {
  return error instanceof postgres.PostgresError ? error.code : '';
}

/** The constraint or index that a unique violation names, else null. */
export function violated(error: unknown): string | null {
  return error instanceof postgres.PostgresError && error.code === '23505' ? (error.constraint_name ?? '') : null;
}
