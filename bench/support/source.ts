/**
 * Writers that cost little: one process in C (source.c) holds many connections, sends messages that were prepared byte
 * by byte, in a closed or an open loop, and finds the answers by the number in them. It knows no protocol.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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
  lost: number;
  doubled: number;
  /** Answers to messages that this run did not send. */
  unknown: number;
  refused: number;
  p50: number;
  p99: number;
  p999: number;
  most: number;
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

/** Connections from one address at most: it has less than 28,000 ports. */
const fromOneAddress = 20_000;

/** Compiles it where that has not been done, starts it and opens all connections. @throws when there is no C compiler, or somebody is not let in */
export async function startSource({ messages, writers, answer, refusals, reply, keep }: SourceOptions): Promise<Source> {
  const child = spawn(compiled(), { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said: { [word: string]: unknown }[] = [];
  let wake = () => {};
  let over = false;
  createInterface(child.stdout).on('line', (line) => {
    said.push(JSON.parse(line));
    wake();
  });
  void ended.then(() => {
    over = true;
    wake();
  });

  async function hear(word: string): Promise<unknown> {
    for (;;) {
      const line = said.shift();
      if (line && 'error' in line) throw new Error(`The writers failed: ${line['error']}`);
      if (line && word in line) return line[word];
      if (!line && over) throw new Error('The writers ended without a word.');
      if (!line) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  const tell = (...words: (string | number)[]) => child.stdin.write(`${words.join(' ')}\n`);
  tell('answer', hex(answer));
  for (const refusal of refusals) tell('refused', hex(refusal));
  if (reply) tell('reply', hex(reply.to), hex(reply.send));
  if (keep) tell('keep', keep.seconds, hex(keep.send));
  for (const message of messages) tell('message', places(message, 1, 8), places(message, 2, 16), hex(message));
  writers.forEach(({ port, opening, messages: own }, at) => {
    const mine = own ?? { first: at, count: 1, start: 0 };
    const from = `127.0.0.${2 + Math.floor(at / fromOneAddress)}`;
    tell('connect', port, from, mine.first, mine.count, mine.start, ...steps(opening));
  });
  tell('ready');

  async function close(): Promise<void> {
    child.stdin.end();
    await ended;
  }

  try {
    await hear('ready');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    async run({ loop, burst, warmSeconds, seconds, begin, end }) {
      const [word, amount] = 'underWay' in loop ? ['closed', loop.underWay] : ['open', loop.perSecond];
      tell(word, amount, burst, warmSeconds * 1000, seconds * 1000);
      await hear('begin');
      begin?.();
      await hear('end');
      end?.();
      return (await hear('result')) as Answered;
    },
    close,
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

/** The opening as pairs of what is said, which may be nothing, and what is then awaited. */
function steps(opening: readonly Step[]): string[] {
  const words: string[] = [];
  let said = '';
  for (const step of opening) {
    if ('send' in step) said += Buffer.from(step.send).toString('hex');
    else {
      words.push(said || '-', hex(step.await));
      said = '';
    }
  }
  if (said !== '') throw new Error('An opening ends with something that is awaited.');
  return words;
}

const hex = (bytes: string | Buffer) => Buffer.from(bytes).toString('hex') || '-';

/** Where runs of that byte begin; `-` where there are none. */
function places(message: Buffer, byte: number, length: number): string {
  const found: number[] = [];
  for (let at = message.indexOf(byte); at >= 0; at = message.indexOf(byte, at + length)) found.push(at);
  return found.join() || '-';
}

function compiled(): string {
  const code = join(import.meta.dirname, 'source.c');
  const { mtimeMs } = statSync(code);
  const folder = join(tmpdir(), `plaza-bench-tools-${process.getuid?.() ?? 0}`);
  const program = join(folder, `source-${Math.floor(mtimeMs)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    statSync(program);
  } catch {
    const draft = `${program}.${process.pid}`;
    execFileSync('cc', ['-O2', '-o', draft, code]);
    renameSync(draft, program);
  }
  return program;
}
