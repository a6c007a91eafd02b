import type { FastifyInstance } from 'fastify';
import type { Sql } from 'postgres';
import type { Metrics } from '../../kit/metrics.ts';

export interface HealthDeps {
  sql: Sql;
  feed: { state(): { live: boolean; lagBytes: number } };
  metrics: Metrics;
  isDraining(): boolean;
}

interface Slot {
  slot: string;
  active: boolean;
  /** Bytes of write-ahead log that its reader has not taken yet. */
  lagBytes: number | null;
  /** `lost`: it was too slow and must be made anew, see https://www.postgresql.org/docs/current/view-pg-replication-slots.html */
  state: string | null;
}

/** Seconds that the database has to answer, and for which its answer is good for everybody who asks. */
const patience = 2;
const freshness = 1;

/** For machines that watch: alive at all, fit to be sent people, and how it goes. */
export function healthRoutes(app: FastifyInstance, { sql, feed, metrics, isDraining }: HealthDeps): void {
  metrics.gauge('plaza_feed_live', '1 while events come from the database.', () => (feed.state().live ? 1 : 0));
  metrics.gauge('plaza_feed_lag_bytes', 'Write-ahead log that the feed has not read yet.', () => feed.state().lagBytes);

  let asked = { at: Number.NEGATIVE_INFINITY, slots: Promise.resolve<Slot[] | null>(null) };
  /** The slots, or null while the database does not answer. */
  const slots = () => {
    if (performance.now() - asked.at > freshness * 1000) {
      asked = { at: performance.now(), slots: Promise.race([readSlots(sql), sleep(patience)]).catch(() => null) };
    }
    return asked.slots;
  };

  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'alive' }));

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const known = await slots();
    const { live, lagBytes } = feed.state();
    const notReady = [
      ...(isDraining() ? ['This server is stopping.'] : []),
      ...(known === null ? ['The database does not answer.'] : []),
      ...(live ? [] : ['The feed of events is not live.']),
    ];
    const ready = notReady.length === 0;
    if (!ready) reply.code(503).header('retry-after', '1');
    return { ready, notReady, database: known !== null, feed: { live, lagBytes }, slots: known ?? [] };
  });

  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { type, text } = await metrics.expose();
    return reply.type(type).send(text);
  });
}

async function readSlots(sql: Sql): Promise<Slot[]> {
  const rows = await sql<{ slot: string; active: boolean; lag: string | null; state: string | null }[]>`
    select slot_name as slot, active, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint as lag, wal_status as state
    from pg_replication_slots where database = current_database() order by slot_name`;
  return rows.map(({ lag, ...row }) => ({ ...row, lagBytes: lag === null ? null : Number(lag) }));
}

function sleep(seconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), seconds * 1000).unref());
}
