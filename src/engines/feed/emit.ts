import type { Sql, Transaction } from '../postgres/index.ts';
import { type Emission, toMessage } from './message.ts';

export { type Emission, severalPrefix } from './message.ts';

/** Writes events into the write-ahead log as part of the transaction: they are heard if and only if it commits (L5). */
export async function emit(tx: Transaction, emissions: readonly Emission[]): Promise<void> {
  if (emissions.length > 0) await emission(tx, emissions);
}

/** The same as a query, to be part of a larger one. @param when a condition on it */
export function emission(sql: Sql, emissions: readonly Emission[], when = sql`true`) {
  const { prefix, content } = toMessage(emissions);
  return sql`select pg_logical_emit_message(true, ${prefix}, ${content}) where ${when}`;
}

/**
 * Sends a hint (typing, presence) to all processes, outside of any transaction and without waiting for the disk: it
 * is heard when the log is next flushed, within 200 ms (wal_writer_delay), or never if the server dies before.
 */
export async function emitHint(sql: Sql, emission: Emission): Promise<void> {
  const { prefix, content } = toMessage([emission]);
  await sql`select pg_logical_emit_message(false, ${prefix}, ${content})`;
}
