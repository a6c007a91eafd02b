/** How a message that somebody writes comes to those who read: the measuring that all works of delivery share. */
import { markedText, openLoop } from './openLoop.ts';
import { meter } from './processes.ts';
import type { RoomsWanted, StartRooms, Writer } from './rooms.ts';
import { type Heard, startSink } from './sink.ts';
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
/** Writers that are later than this, in milliseconds, have not kept the rate. */
const mostLate = 20;

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
  { key: 'loadLimits', label: 'load is the limit', better: 'lower', mustBeZero: true },
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
  let measured = { servers: () => 0, sink: () => 0, own: process.cpuUsage(), at: from };
  const timer = setTimeout(
    () => {
      measured = { servers: meter(rooms.pids), sink: meter([sink.pid]), own: process.cpuUsage(), at: process.hrtime.bigint() };
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
  const heard = await sink.end(rows, 10);
  const micros = { servers: measured.servers(), sink: measured.sink(), own: process.cpuUsage(measured.own) };
  clearTimeout(timer);
  await sink.reading(null);
  return figures(heard, micros, {
    from,
    over: Number(process.hrtime.bigint() - measured.at) / 1000,
    late: sent.lateP99Millis,
    refused: refusals(writers) - refusedBefore,
  });
}

interface Micros {
  servers: number;
  sink: number;
  own: NodeJS.CpuUsage;
}

function figures(heard: Heard, micros: Micros, more: { from: bigint; over: number; late: number; refused: number }): Figures {
  const { latency } = heard;
  const { from, over, late, refused } = more;
  const own = micros.own.user + micros.own.system;
  const isLimit = late > mostLate || micros.sink / over > busy || own / over > busy;
  return {
    perSecond: latency.count / Math.max(0.001, Number(heard.lastAt - from) / 1e9),
    cpu: micros.servers / latency.count,
    p50: latency.quantile(0.5),
    p99: latency.quantile(0.99),
    p999: latency.quantile(0.999),
    most: latency.most,
    lost: heard.lost,
    doubled: heard.doubled,
    reordered: heard.reordered,
    cut: heard.cut,
    refused,
    loadCpu: (micros.sink + own) / latency.count,
    late,
    loadLimits: isLimit ? 1 : 0,
  };
}

function refusals(writers: readonly Writer[]): number {
  return writers.reduce((sum, writer) => sum + writer.refused(), 0);
}
