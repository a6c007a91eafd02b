/** PostgreSQL alone: rows in large groups, each one statement and one commit, and nothing else done. The physical limit of writing. */
import { connect, type Pool } from '../../../src/engines/postgres/index.ts';
import { quantile } from '../../quantile.ts';
import { dueAt, markedText } from '../../support/openLoop.ts';
import { keyTail } from '../../support/plazaWriters.ts';
import { type Database, prepareLog, startPostgres } from '../../support/postgres.ts';
import { meter } from '../../support/processes.ts';
import type { Contender, Figures, Options, Subject } from '../../support/work.ts';

/** Connections, each with one group under way. */
const lanes = 2;
const largestGroup = 1000;

export const grouped: Contender = {
  about: `PostgreSQL alone, ${lanes} connections, INSERT of up to ${largestGroup} rows and COMMIT (fsync) each, one index`,
  async start(options) {
    const database = await startPostgres();
    const sql = connect(database.url, { max: lanes, name: 'bench' });
    await sql`
      create table messages (channel bigint not null, number int not null, author bigint not null, key text not null, body text not null,
        created_at timestamptz not null default now(), primary key (channel, number))`;
    return subject(sql, database, options, async () => {
      await sql.end();
      await database.stop();
    });
  },
};

function subject(
  sql: Pool,
  { pid, url }: Database,
  { channels = 1, seconds = 1, logFiles = 0 }: Options,
  stop: () => Promise<void>,
): Subject {
  let next = 0;
  const body = markedText(0, 0n);

  async function insert(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, () => next++);
    await sql`
      insert into messages (channel, number, author, key, body)
      select * from unnest(${numbers.map((k) => k % channels)}::bigint[], ${numbers.map((k) => Math.floor(k / channels))}::int[],
        ${numbers}::bigint[], ${numbers.map((k) => `k${k}${keyTail}`)}::text[], ${numbers.map(() => body)}::text[])`;
  }

  /** As many as it takes, without a pause. */
  async function most(forSeconds: number): Promise<number> {
    const began = performance.now();
    let written = 0;
    const lane = async () => {
      while (performance.now() - began < forSeconds * 1000) {
        await insert(largestGroup);
        written += largestGroup;
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return written / ((performance.now() - began) / 1000);
  }

  /** So many rows a second are due; an idle lane takes what is due by then. Answers milliseconds from due to committed. */
  async function paced(perSecond: number, forSeconds: number): Promise<number[]> {
    const began = process.hrtime.bigint();
    const count = Math.floor(perSecond * forSeconds);
    const took: number[] = [];
    let taken = 0;
    const lane = async () => {
      while (taken < count) {
        const due = Math.min(count, Math.floor((Number(process.hrtime.bigint() - began) * perSecond) / 1e9));
        const [from, to] = [taken, Math.min(due, taken + largestGroup)];
        if (to <= from) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          continue;
        }
        taken = to;
        await insert(to - from);
        const now = process.hrtime.bigint();
        for (let k = from; k < to; k++) took.push(Number(now - dueAt(began, k, perSecond)) / 1e6);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return took;
  }

  return {
    async run(): Promise<Figures> {
      await prepareLog(url, logFiles);
      await most(seconds / 3);
      const used = meter([pid]);
      const mine = process.cpuUsage();
      const before = next;
      const perSecond = await most(seconds);
      const cpu = used() / (next - before);
      const { user, system } = process.cpuUsage(mine);
      const loadCpu = (user + system) / (next - before);
      const took = await paced(perSecond / 2, seconds);
      const [found] = await sql<[{ rows: number }]>`select count(*)::int as rows from messages`;
      return {
        perSecond,
        cpu,
        loadCpu,
        p50: quantile(took, 0.5),
        p99: quantile(took, 0.99),
        p999: quantile(took, 0.999),
        lost: next - found.rows,
        doubled: 0,
        reordered: 0,
      };
    },
    stop,
  };
}
