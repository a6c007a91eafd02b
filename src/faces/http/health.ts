import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../kit/metrics.ts';

/** What the house lets be seen of itself. */
export interface HealthDeps {
  feed: { state(): { live: boolean; lagBytes: number } };
  /** The durable slots of this database: who of those that must not miss anything is behind. @throws while it is away */
  slots(): Promise<readonly object[]>;
  /** Durable readers of this process, by name. */
  readers: Readonly<Record<string, { state(): { status: string; lagBytes: number; buried: number } }>>;
  metrics: Metrics;
  isDraining(): boolean;
}

/** Seconds that the database has to answer, and for which its answer is good for everybody who asks. */
const patience = 2;
const freshness = 1;

/** For machines that watch: alive at all, fit to be sent people, and how it goes. */
export function healthRoutes(app: FastifyInstance, { feed, slots, readers, metrics, isDraining }: HealthDeps): void {
  metrics.gauge('plaza_feed_live', '1 while events come from the database.', () => (feed.state().live ? 1 : 0));
  metrics.gauge('plaza_feed_lag_bytes', 'Write-ahead log that the feed has not read yet.', () => feed.state().lagBytes);
  for (const [name, reader] of Object.entries(readers)) {
    metrics.gauge(`plaza_${name}_lag_bytes`, `Write-ahead log that the reader ${name} has not handled yet.`, () => reader.state().lagBytes);
    metrics.gauge(
      `plaza_${name}_buried`,
      `Transactions that the reader ${name} could not handle and passed over.`,
      () => reader.state().buried,
    );
  }

  let asked = { at: Number.NEGATIVE_INFINITY, slots: Promise.resolve<readonly object[] | null>(null) };
  /** The slots, or null while the database does not answer. */
  const knownSlots = () => {
    if (performance.now() - asked.at > freshness * 1000) {
      asked = { at: performance.now(), slots: Promise.race([slots(), sleep(patience)]).catch(() => null) };
    }
    return asked.slots;
  };

  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'alive' }));

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const known = await knownSlots();
    const { live, lagBytes } = feed.state();
    const notReady = [
      ...(isDraining() ? ['This server is stopping.'] : []),
      ...(known === null ? ['The database does not answer.'] : []),
      ...(live ? [] : ['The feed of events is not live.']),
    ];
    const ready = notReady.length === 0;
    if (!ready) reply.code(503).header('retry-after', '1');
    const states = Object.fromEntries(Object.entries(readers).map(([name, reader]) => [name, reader.state()]));
    return { ready, notReady, database: known !== null, feed: { live, lagBytes }, slots: known ?? [], readers: states };
  });

  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { type, text } = await metrics.expose();
    return reply.type(type).send(text);
  });
}

function sleep(seconds: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), seconds * 1000).unref());
}
