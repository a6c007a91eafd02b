/** Drives writers at whatever takes messages, in the two loops of the work `ingest`. */
import { limits } from '../../contracts/wire.ts';
import { type Face, startWritingPlaza, type Written } from './plazaWriters.ts';
import { prepareLog } from './postgres.ts';
import { meter } from './processes.ts';
import { type Answered, type Source, type SourceOptions, startSource } from './source.ts';
import type { Contender, Figures, Options, Subject } from './work.ts';

/** Something that takes messages. */
export interface Taker {
  /** All that is sent in turns: who writes what where. */
  messages: { length: number };
  /** CPU of its processes and its database between now and the call of what it answers, in microseconds. */
  meter(): () => number;
  /** Null where it is not known. */
  databaseUrl: string | null;
  /** What its database has of a run; absent where the answers are all that is looked at. */
  check?(first: number, sent: number): Promise<Written>;
  stop(): Promise<void>;
}

/** A source that is this busy may be what holds everything up. */
const busiest = 0.9;
const share = `Of one connection Plaza takes ${limits.framesPerSecond} frames a second: where that is too little, more --writers help.`;
const unchecked: Written = { lost: 0, doubled: 0, gaps: 0, reordered: 0 };

/** One with connections to it. @param pids its processes and, through them, its database */
export async function ingestInto(
  taker: Omit<Taker, 'meter'> & SourceOptions & { pids: readonly number[] },
  options: Options,
): Promise<Subject> {
  let source: Source | null = null;
  try {
    source = await startSource(taker);
    return await ingestFrom(source, { ...taker, meter: () => meter(taker.pids) }, options);
  } catch (error) {
    await source?.close();
    await taker.stop();
    throw error;
  }
}

/** @throws when nothing can be sent; then it is the caller's to stop what it started */
export async function ingestFrom(source: Pick<Source, 'run' | 'close'>, taker: Taker, options: Options): Promise<Subject> {
  const { underWay = 1, burst = 1, seconds = 1, logFiles = 0 } = options;
  // Everybody writes everywhere once: what a server remembers of them is there before anything is measured.
  for (let all = 0; all < 2 * taker.messages.length; ) {
    const { sent } = await source.run({ loop: { underWay }, burst, warmSeconds: 0, seconds: 1 });
    if (sent === 0) throw new Error(`Nothing is sent with ${underWay} messages under way in bursts of ${burst}.`);
    all += sent;
  }

  async function load(loop: { underWay: number } | { perSecond: number }): Promise<Answered & { cpu: number }> {
    let used = () => 0;
    let cpu = 0;
    const answered = await source
      .run({
        loop,
        burst,
        warmSeconds: seconds / 3,
        seconds,
        begin() {
          used = taker.meter();
        },
        end() {
          cpu = used();
        },
      })
      .catch((error: Error) => {
        throw error.message.includes('too_many_requests') ? new Error(`${error.message} ${share}`) : error;
      });
    if (answered.refused > 0 || answered.unknown > 0)
      throw new Error(`${answered.refused} messages were refused, ${answered.unknown} answers fit no message. ${share}`);
    if (answered.cpuMicros > busiest * seconds * 1e6)
      throw new Error('The writers, not the server, were the limit: they took a whole core.');
    return { ...answered, cpu };
  }

  return {
    async run(): Promise<Figures> {
      if (taker.databaseUrl !== null) await prepareLog(taker.databaseUrl, logFiles);
      const most = await load({ underWay });
      const written = (await taker.check?.(most.first, most.sent)) ?? unchecked;
      const half = await load({ perSecond: most.perSecond / 2 });
      const also = (await taker.check?.(half.first, half.sent)) ?? unchecked;
      return {
        perSecond: most.perSecond,
        cpu: most.cpu / most.acknowledged,
        loadCpu: most.cpuMicros / most.acknowledged,
        p50: half.p50,
        p99: half.p99,
        p999: half.p999,
        lost: written.lost + written.gaps + also.lost + also.gaps,
        doubled: most.doubled + half.doubled + written.doubled + also.doubled,
        late: half.late,
        ...(taker.check && { reordered: written.reordered + also.reordered }),
      };
    },
    async stop() {
      await source.close();
      await taker.stop();
    },
  };
}

export function plazaIngest(face: Face, about: string): Contender {
  return {
    about,
    async start(options) {
      const { channels = 1, writers = 1, underWay = 1 } = options;
      // HTTP answers one request before it is asked the next one: as many connections as are to be under way.
      const connections = face === 'socket' ? writers : Math.min(writers, underWay, 256);
      const { plaza, ...taken } = await startWritingPlaza(face, channels, connections);
      const taker = { ...taken, pids: plaza.pids, databaseUrl: plaza.databaseUrl, stop: plaza.stop };
      return await ingestInto(taker, face === 'socket' ? options : { ...options, underWay: connections, burst: 1 });
    },
  };
}
