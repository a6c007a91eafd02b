/** Servers that are other people's programs: found, started with a configuration of ours in a folder of their own, stopped. */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { until, within } from '../../journeys/support/wait.ts';

export interface Program {
  pid: number;
  /** In good order where it does that within ten seconds; its folder goes with it. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  /** A file of configuration with words like `@port@` to be filled in. */
  configuration: string;
  fill: { readonly [word: string]: string | number };
  /** What to run, by the path of the filled-in configuration and the folder for all else. */
  command(configuration: string, folder: string): readonly [string, ...string[]];
  env?(configuration: string, folder: string): { [name: string]: string };
  /** It is up when this port of 127.0.0.1 takes connections. */
  port: number;
}

/** @throws with what it said, when it does not start. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'plaza-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const configuration = join(folder, basename(options.configuration));
    writeFileSync(configuration, filled(options.configuration, { ...options.fill, folder, port: options.port }));
    const [program, ...args] = options.command(configuration, folder);
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, HOME: folder, ...options.env?.(configuration, folder) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000);
      });
    }
    let over = false;
    const ended = new Promise<void>((resolve) => {
      const end = () => {
        over = true;
        resolve();
      };
      child.once('close', end);
      child.once('error', end);
    });
    const stop = async () => {
      if (!over) child.kill('SIGTERM');
      await within(ended, `the end of ${program}`, 10_000).catch(() => child.kill('SIGKILL'));
      await ended;
      remove();
    };
    const takes = until(`${program} takes connections`, async () => over || (await takesConnections(options.port)), 60_000);
    await takes.catch(async (error: Error) => {
      await stop();
      throw new Error(`${error.message} It said: ${said.trim()}`);
    });
    if (over || child.pid === undefined) throw new Error(`${program} does not start: ${said.trim()}`);
    return { pid: child.pid, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The first of the programs that is not on the PATH, in a sentence; null where all are. */
export function missingProgram(names: readonly string[], debianPackage: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const absent = names.find((name) => !folders.some((folder) => runs(join(folder, name))));
  return absent === undefined ? null : missingPart(absent, debianPackage);
}

export function missingPart(what: string, debianPackage: string): string {
  return `${what} is not installed (Debian package ${debianPackage}); see bench/peers/install.sh`;
}

/** Where Debian has what is compiled for this machine. */
export function libraries(): string {
  return `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function filled(file: string, words: { readonly [word: string]: string | number }): string {
  return readFileSync(file, 'utf8').replace(/@(\w+)@/g, (_, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`${file} wants @${word}@, which nobody gave.`);
    return String(value);
  });
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 5_000 });
    const answer = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket
      .once('connect', () => answer(true))
      .once('error', () => answer(false))
      .once('timeout', () => answer(false));
  });
}
