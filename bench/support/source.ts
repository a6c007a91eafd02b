/**
 * Writers that cost little: one process in C (source.c) holds many connections, sends messages that were prepared byte
 * by byte, in a closed or an open loop, and finds the answers by the number in them. It knows no protocol.
 */
import { join } from 'node:path';
import { type Answer, bytes, startNative, u8, u16, u32 } from './native.ts';
import { clientFrame, type Step } from './sink.ts';

/** Stand in a message for its number (8 hexadecimal digits) and the time when it is due (16). */
export const serialHere = '\u0001'.repeat(8);
export const dueHere = '\u0002'.repeat(16);

export interface Writer {
  port: number;
  opening: readonly Step[];
  /** Which of the messages it sends in turns: so many from the first on, beginning somewhere. One, its own place's, unless told. */
  messages?: { first: number; count: number; start: number };
}

export interface SourceOptions {
  messages: readonly Buffer[];
  writers: readonly Writer[];
  /** What stands in an answer right before the message's number. */
  answer: string;
  /** What stands in an answer that is a refusal. */
  refusals: readonly string[];
  /** What to send when this is heard. */
  reply?: { to: Buffer; send: Buffer };
  /** Sent by every connection that often while no run is on. */
  keep?: { seconds: number; send: Buffer };
}

/** Answers that came within the measured time. Milliseconds from due to answered; in a closed loop, from sent. */
export interface Answered {
  sent: number;
  /** The number of the run's first message. */
  first: number;
  perSecond: number;
  acknowledged: number;
  doubled: number;
  /** Answers to messages that this run did not send. */
  unknown: number;
  refused: number;
  p50: number;
  p99: number;
  p999: number;
  /** How late the source itself sent, at worst. */
  late: number;
  /** CPU of the source in the measured time, in microseconds. */
  cpuMicros: number;
}

export interface Load {
  /** So many messages are under way at any time, or so many a second are due. */
  loop: { underWay: number } | { perSecond: number };
  /** Messages that one connection sends at once. */
  burst: number;
  warmSeconds: number;
  seconds: number;
  /** Called when what is measured begins, and when it ends. */
  begin?(): void;
  end?(): void;
}

export interface Source {
  pid: number;
  run(load: Load): Promise<Answered>;
  close(): Promise<void>;
}

/** The source itself fails when nobody is let in for a minute, and when answers are missing 10 s after a run. */
const openSeconds = 600;
const endSeconds = 30;

/** Starts it and opens all connections. @throws when there is no C compiler, or somebody is not let in */
export async function startSource({ messages, writers, answer, refusals, reply, keep }: SourceOptions): Promise<Source> {
  const source = startNative(join(import.meta.dirname, 'source.c'));
  try {
    source.tell('C', [
      bytes(answer),
      u32(refusals.length),
      ...refusals.map(bytes),
      bytes(reply?.to ?? ''),
      bytes(reply?.send ?? ''),
      u32((keep?.seconds ?? 0) * 1000),
      bytes(keep?.send ?? ''),
    ]);
    await source.hear('that it is up');
    source.tell('O', [u32(messages.length), ...messages.flatMap(messageBytes), u32(writers.length), ...writers.flatMap(writerBytes)]);
    await source.hear(`that ${writers.length} writers are in`, openSeconds);
  } catch (error) {
    await source.close();
    throw error;
  }
  return {
    pid: source.pid,
    async run({ loop, burst, warmSeconds, seconds, begin, end }) {
      const [isOpen, perSecond, underWay] = 'underWay' in loop ? [0, 0, loop.underWay] : [1, loop.perSecond, 0];
      const parts = [u8(isOpen), u32(perSecond * 1000), u32(underWay), u32(burst), u32(warmSeconds * 1000), u32(seconds * 1000)];
      source.tell('R', parts);
      await source.hear('that what is measured begins', warmSeconds + endSeconds);
      begin?.();
      await source.hear('that what is measured is over', seconds + endSeconds);
      end?.();
      return toAnswered(await source.hear('what came of a run'));
    },
    close: source.close,
  };
}

function toAnswered(answer: Answer): Answered {
  const figure = (name: keyof Answered) => Number(answer[name]);
  return {
    sent: figure('sent'),
    first: figure('first'),
    perSecond: figure('perSecond'),
    acknowledged: figure('acknowledged'),
    doubled: figure('doubled'),
    unknown: figure('unknown'),
    refused: figure('refused'),
    p50: figure('p50'),
    p99: figure('p99'),
    p999: figure('p999'),
    late: figure('late'),
    cpuMicros: figure('cpuMicros'),
  };
}

/** A WebSocket text frame with room for the message's number in it. */
export function messageFrame(value: object): Buffer {
  return clientFrame(withRoom(JSON.stringify(value)));
}

/** JSON writes the stand-ins as escapes; on the wire they are one byte a digit. */
export function withRoom(json: string): string {
  return json.replaceAll('\\u0001', '\u0001').replaceAll('\\u0002', '\u0002');
}

function messageBytes(message: Buffer): Buffer[] {
  const [serials, dues] = [places(message, 1, 8), places(message, 2, 16)];
  return [u32(serials.length), ...serials.map(u32), u32(dues.length), ...dues.map(u32), bytes(message)];
}

/** Where runs of that byte begin. */
function places(message: Buffer, byte: number, length: number): number[] {
  const found: number[] = [];
  for (let at = message.indexOf(byte); at >= 0; at = message.indexOf(byte, at + length)) found.push(at);
  return found;
}

function writerBytes({ port, opening, messages }: Writer, at: number): Buffer[] {
  const { first, count, start } = messages ?? { first: at, count: 1, start: 0 };
  const steps = turns(opening);
  return [u16(port), u32(first), u32(count), u32(start), u16(steps.length), ...steps.flat()];
}

/** The opening as pairs of what is said, which may be nothing, and what is then awaited. */
function turns(opening: readonly Step[]): Buffer[][] {
  const pairs: Buffer[][] = [];
  let said: Buffer[] = [];
  for (const step of opening) {
    if ('send' in step) said.push(Buffer.from(step.send));
    else {
      pairs.push([bytes(Buffer.concat(said)), bytes(step.await)]);
      said = [];
    }
  }
  if (said.length > 0) throw new Error('An opening ends with something that is awaited.');
  return pairs;
}
