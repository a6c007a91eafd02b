import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { errorCode } from './errorCode.ts';

/** Sends a signal. False when there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

/** True while a process of this number runs; one that ended and only waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return !/^\S+ \(.*\) Z /s.test(stat(pid) ?? '');
}

/**
 * When a process began, in words that differ for another process of the same number; null when it does not run or
 * cannot be looked at.
 */
export function startOf(pid: number): string | null {
  const line = stat(pid);
  // Field 22 in ticks since boot; what stands in brackets before may hold spaces.
  if (line !== null) return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  return ps(pid, 'lstart');
}

/** The command line of a process, or null. */
export function commandOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ps(pid, 'args');
  }
}

/** The folder a process works in, where the system tells. */
export function folderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** Resolves to true once `done` says so, to false when `milliseconds` went by before that. */
export async function waitFor(done: () => boolean, milliseconds: number): Promise<boolean> {
  const until = performance.now() + milliseconds;
  while (!done()) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

function stat(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
}

/** Where there is no /proc. */
function ps(pid: number, field: string): string | null {
  if (process.platform === 'linux') return null;
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
