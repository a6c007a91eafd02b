/**
 * Programs in C, compiled where they are started for the first time, for what would take too much of the CPU in Node. They take
 * commands and answer in lines of JSON (native.h).
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { within } from '../../journeys/support/wait.ts';

/** One line that it says. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Native {
  pid: number;
  tell(letter: string, parts: readonly Buffer[]): void;
  /** The next answer that nobody has waited for yet. @throws when it failed, has ended, or says nothing for so long, which ends it */
  hear(what: string, seconds?: number): Promise<Answer>;
  close(): Promise<void>;
}

const patienceSeconds = 60;

/** @throws when there is no C compiler */
export function startNative(source: string): Native {
  const name = basename(source, '.c');
  const child = spawn(compiled(source), { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: Answer[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  let over: Answer | null = null;
  const ended = new Promise<void>((resolve) => {
    const end = (failed: string) => {
      over ??= { failed, heard: '' };
      for (const answer of waiting) answer(over);
      resolve();
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(`it ended (${signal ?? code})`));
  });
  createInterface(child.stdout).on('line', (line) => {
    const answer: Answer = JSON.parse(line);
    const first = waiting.shift();
    if (first) first(answer);
    else said.push(answer);
  });
  // That it is gone is told by its end.
  child.stdin.on('error', () => {});

  function coming(): Promise<Answer> {
    const [next = over] = [said.shift()];
    return next ? Promise.resolve(next) : new Promise((resolve) => waiting.push(resolve));
  }

  return {
    pid: child.pid ?? 0,
    tell(letter, parts) {
      const payload = Buffer.concat(parts);
      child.stdin.write(Buffer.concat([Buffer.from(letter), u32(payload.length), payload]));
    },
    async hear(what, seconds = patienceSeconds) {
      const answer = await within(coming(), `${what} from the ${name}`, seconds * 1000).catch((error: unknown) => {
        child.kill('SIGKILL');
        throw error;
      });
      if (answer['failed'] !== undefined) throw new Error(`The ${name} failed: ${answer['failed']}; last heard: "${answer['heard']}".`);
      return answer;
    },
    async close() {
      child.stdin.end();
      await within(ended, `the ${name} to end`, 10_000).catch(() => child.kill('SIGKILL'));
      await ended;
    },
  };
}

/** The program, made anew when its source or what it shares with others has changed. */
function compiled(source: string): string {
  const headers = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.h'));
  const hash = createHash('sha256');
  for (const file of [source, ...headers.toSorted().map((header) => join(import.meta.dirname, header))]) hash.update(readFileSync(file));
  const folder = join(import.meta.dirname, '../../node_modules/.cache/plaza-bench');
  const program = join(folder, `${basename(source, '.c')}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const draft = `${program}.${process.pid}`;
  try {
    execFileSync('cc', ['-O2', '-I', import.meta.dirname, '-o', draft, source], { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    throw new Error('The load is made by small C programs, and there is no C compiler "cc" that makes them; install gcc or clang.', {
      cause: error,
    });
  }
  renameSync(draft, program);
  return program;
}

export function u8(value: number): Buffer {
  return Buffer.from([value]);
}

export function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

export function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(Math.round(value));
  return buffer;
}

export function u64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}

/** With their length in front. */
export function bytes(value: string | Buffer): Buffer {
  const buffer = Buffer.from(value);
  return Buffer.concat([u32(buffer.length), buffer]);
}
