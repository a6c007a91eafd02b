/**
 * Plaza's commit groups by themselves, called from the process that they run in: the same rows, heads, read positions and
 * events, on disk before the answer, and nothing else. What Plaza lacks of it is what sockets, rights and telling others cost.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog, type Log } from '../../../src/domains/conversations/index.ts';
import { connect } from '../../../src/engines/postgres/index.ts';
import { migrate, readMigrations } from '../../../src/engines/postgres/migrate.ts';
import { beginYoung } from '../../../src/kit/garbage.ts';
import { createLogger } from '../../../src/kit/log.ts';
import { home } from '../../../src/settings.ts';
import { quantile } from '../../quantile.ts';
import { ingestFrom } from '../../support/ingest.ts';
import { markedText, openLoop } from '../../support/openLoop.ts';
import { makersIn } from '../../support/plaza.ts';
import { check, keyTail, type WritingMember, writingMembers } from '../../support/plazaWriters.ts';
import { startPostgres } from '../../support/postgres.ts';
import { meter } from '../../support/processes.ts';
import type { Source } from '../../support/source.ts';
import type { Contender } from '../../support/work.ts';

/** As many as Plaza has unless told, and connections as its own. */
const lanes = 2;

export const logAlone: Contender = {
  about: "the limit of this machine with Plaza's rows: its commit groups alone, no sockets, rights or readers; the load is in its CPU",
  async start(options) {
    const { channels = 1, writers = 1 } = options;
    // As the program does.
    beginYoung();
    const database = await startPostgres();
    const sql = connect(database.url, { max: 4, name: 'bench' });
    const own = connect(database.url, { max: lanes, name: 'bench-log', lockMillis: 5_000, plannedOnce: true });
    const log = createLog({ sql: own, lanes, logger: createLogger({ level: 'warn', format: 'pretty' }) });
    const taker = {
      databaseUrl: database.url,
      check: (first: number, sent: number) => check(sql, first, sent),
      meter() {
        const [theirs, mine] = [meter([database.pid]), process.cpuUsage()];
        return () => {
          const { user, system } = process.cpuUsage(mine);
          return theirs() + user + system;
        };
      },
      async stop() {
        await log.drain();
        await Promise.all([sql.end(), own.end()]);
        await database.stop();
      },
    };
    try {
      await migrate(database.url, readMigrations(join(home, 'migrations')));
      const members = await writingMembers(makersIn(sql), channels, writers);
      const messages = members.flatMap(({ groups }) => groups);
      return await ingestFrom(sourceOf(log, members), { ...taker, messages }, options);
    } catch (error) {
      await taker.stop();
      throw error;
    }
  },
};

/** Writes as `source.c` does: a burst of one writer, into the writer's groups in turns, then one of the next writer. */
function sourceOf(log: Log, members: readonly WritingMember[]): Pick<Source, 'run' | 'close'> {
  const writers = members.map(({ id, handle, groups }) => ({ by: { id, handle, name: handle, bot: false, avatar: null }, groups }));
  const step = { do: 'post' as const, body: markedText(0, 0n), replyTo: null, mentions: [], link: null };
  const plan = () => step;
  let bursts = 0;
  let next = 0;

  return {
    async run({ loop, burst, warmSeconds, seconds, begin, end }) {
      const first = next;
      const failures: unknown[] = [];
      const took: number[] = [];
      let phase: 'warming' | 'measuring' | 'ending' = 'warming';
      let underWay = 0;
      let late = 0;

      function sendBurst(due: bigint): void {
        const writer = writers[bursts % writers.length];
        if (!writer) throw new Error('Nobody writes.');
        const { by, groups } = writer;
        if (phase === 'measuring') late = Math.max(late, millisSince(due));
        const before = Math.floor(bursts++ / writers.length) * burst;
        const answered = () => {
          underWay--;
          if (phase === 'measuring') took.push(millisSince(due));
          keepUnderWay();
        };
        const failed = (error: unknown) => {
          underWay--;
          failures.push(error);
        };
        underWay += burst;
        for (let i = before; i < before + burst; i++) {
          const key = `k${(next++).toString(16).padStart(8, '0')}${keyTail}`;
          log.post({ channel: groups[i % groups.length] ?? '', by, key, plan }).then(answered, failed);
        }
      }

      function keepUnderWay(): void {
        if ('perSecond' in loop || phase === 'ending') return;
        while (underWay + burst <= loop.underWay) sendBurst(process.hrtime.bigint());
      }

      const open = { seconds: warmSeconds + seconds, send: (_: number, due: bigint) => sendBurst(due) };
      const sending = 'perSecond' in loop ? openLoop({ ...open, rate: loop.perSecond / burst }) : null;
      keepUnderWay();
      await sleep(warmSeconds * 1000);
      begin?.();
      const began = performance.now();
      phase = 'measuring';
      await sleep(seconds * 1000);
      // A database that stands still for all of a short run: it is as slow as it is.
      while (took.length === 0 && failures.length === 0 && underWay > 0) await sleep(1);
      phase = 'ending';
      const perSecond = (took.length * 1000) / (performance.now() - began);
      end?.();
      await sending;
      while (underWay > 0) await sleep(1);
      if (failures.length > 0) throw failures[0];
      const counts = { sent: next - first, first, acknowledged: took.length, doubled: 0, unknown: 0, refused: 0, perSecond };
      return { ...counts, p50: quantile(took, 0.5), p99: quantile(took, 0.99), p999: quantile(took, 0.999), late, cpuMicros: 0 };
    },
    async close() {},
  };
}

const millisSince = (due: bigint) => Number(process.hrtime.bigint() - due) / 1e6;
