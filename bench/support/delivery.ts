/** How a message that somebody writes comes to those who read: the measuring that all works of delivery share. */
import { markedText, openLoop } from './openLoop.ts';
import { meter } from './processes.ts';
import type { RoomsWanted, StartRooms, Writer } from './rooms.ts';
import { startSink } from './sink.ts';
import type { Column, Contender, Figures, Options } from './work.ts';

export interface Plan extends RoomsWanted {
  /** Messages a second, of all writers together. */
  rate: number;
  seconds: number;
  warmUpSeconds: number;
  /** Into which room message k goes, and who writes it: a room's messages of one writer have to come in their order. */
  place(k: number): { room: number; writer: number };
  /** What one reader's count of a row of messages is about: the writer, or the room. */
  rowOf(place: { room: number; writer: number }): number;
  /** The rows that a reader is to hear. */
  rowsOf(reader: number): readonly number[];
  /** Readers say how far they have read, each once in so many seconds; 0: they do not. */
  readingSeconds: number;
}

/** Rows have up to 65,536 messages in a run, and there are up to 65,536 of them. */
const sequenceBits = 16;
const charactersOfAMessage = 100;
/** A process that works so much of the time is at its limit. */
const busy = 0.95;
/** When nothing came for so long, what is missing is lost. */
const patienceSeconds = 10;

/** Not the server but the load was at its limit. With `--quick` nobody minds. */
export const limitKey = 'loadLimits';

export const deliveryColumns: readonly Column[] = [
  { key: 'perSecond', label: 'deliveries/s', better: 'higher' },
  { key: 'cpu', label: 'CPU µs/delivery', better: 'lower' },
  { key: 'p50', label: 'p50 ms', better: 'lower' },
  { key: 'p99', label: 'p99 ms', better: 'lower' },
  { key: 'p999', label: 'p99.9 ms', better: 'lower' },
  { key: 'most', label: 'max ms', better: 'lower' },
  { key: 'lost', label: 'lost', better: 'lower', mustBeZero: true },
  { key: 'doubled', label: 'doubled', better: 'lower', mustBeZero: true },
  { key: 'reordered', label: 'reordered', better: 'lower', mustBeZero: true },
  { key: 'refused', label: 'refused', better: 'lower', mustBeZero: true },
  { key: 'cut', label: 'cut', better: 'lower', mustBeZero: true },
  { key: 'loadCpu', label: 'load CPU µs/delivery', better: 'neither' },
  { key: 'late', label: 'load late p99 ms', better: 'neither' },
  { key: limitKey, label: 'limit is the load (1 readers, 2 writers)', better: 'lower', mustBeZero: true },
];

/** @param plan made anew for each subject */
export function deliveryContender(
  about: string,
  startRooms: StartRooms,
  plan: (options: Options) => Plan,
  missing?: Contender['missing'],
): Contender {
  return {
    about,
    ...(missing && { missing }),
    async start(options) {
      const made = plan(options);
      const rooms = await startRooms(made);
      const writers: Writer[] = [];
      const sink = await startSink({ ...rooms.sink, sequenceBits });
      const stop = async () => {
        for (const writer of writers) writer.close();
        await sink.close();
        await rooms.stop();
      };
      try {
        for (let i = 0; i < made.writers; i++) writers.push(await rooms.writer(i));
        await sink.open(Array.from({ length: made.readers }, (_, i) => ({ ...rooms.reader(i), channels: made.rowsOf(i) })));
        return { run: () => run(made, rooms, writers, sink), stop };
      } catch (error) {
        await stop();
        throw error;
      }
    },
  };
}

type Running = [rooms: Awaited<ReturnType<StartRooms>>, writers: readonly Writer[], sink: Awaited<ReturnType<typeof startSink>>];

async function run(plan: Plan, ...[rooms, writers, sink]: Running): Promise<Figures> {
  const { rate, warmUpSeconds, seconds, readingSeconds, place, rowOf } = plan;
  const refusedBefore = refusals(writers);
  await sink.reading(readingSeconds > 0 && rooms.reading ? await rooms.reading(readingSeconds) : null);
  const from = process.hrtime.bigint() + BigInt(Math.round((warmUpSeconds + 0.05) * 1e9));
  await sink.begin(from);
  let measured = { servers: () => 0, sink: () => 0, own: process.cpuUsage() };
  const timer = setTimeout(
    () => {
      measured = { servers: meter(rooms.pids), sink: meter([sink.pid]), own: process.cpuUsage() };
    },
    Number(from - process.hrtime.bigint()) / 1e6,
  );
  const rows = new Map<number, number>();
  const sent = await openLoop({
    rate,
    seconds: warmUpSeconds + seconds,
    send(k, due) {
      const where = place(k);
      const row = rowOf(where);
      const sequence = rows.get(row) ?? 0;
      rows.set(row, sequence + 1);
      writers[where.writer]?.say(where.room, markedText(row * 2 ** sequenceBits + sequence, due, charactersOfAMessage));
    },
  });
  const own = process.cpuUsage(measured.own);
  const ownBusy = (own.user + own.system) / 1e6 / seconds;
  const heard = await sink.end(rows, patienceSeconds);
  clearTimeout(timer);
  await sink.reading(null);
  const { latency } = heard;
  const tookSeconds = Math.max(0.001, Number(heard.lastAt - from) / 1e9);
  const micros = { servers: measured.servers(), sink: measured.sink(), own: own.user + own.system };
  const sinkBusy = micros.sink / 1e6 / tookSeconds;
  return {
    perSecond: latency.count / tookSeconds,
    cpu: micros.servers / latency.count,
    p50: latency.quantile(0.5),
    p99: latency.quantile(0.99),
    p999: latency.quantile(0.999),
    most: latency.most,
    lost: heard.lost,
    doubled: heard.doubled,
    reordered: heard.reordered,
    cut: heard.cut,
    refused: refusals(writers) - refusedBefore,
    loadCpu: (micros.sink + micros.own) / latency.count,
    late: sent.lateP99Millis,
    [limitKey]: sinkBusy > busy ? 1 : ownBusy > busy ? 2 : 0,
  };
}

function refusals(writers: readonly Writer[]): number {
  return writers.reduce((sum, writer) => sum + writer.refused(), 0);
}
