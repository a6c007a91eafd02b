import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, folderOf, isAlive, waitFor } from '../../kit/processes.ts';

/**
 * A PostgreSQL that outlived the Plaza that started it still holds the files: it is stopped, so that the next one runs
 * with today's settings and under our eyes. A pid file that nobody stands behind is removed, since PostgreSQL itself
 * would take any process of that number for its own.
 */
export async function endOrphan(data: string, say: (line: string) => void): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = pidIn(file);
  if (pid === null) return;
  if (!isAlive(pid) || !worksOn(pid, data)) return rmSync(file, { force: true });
  say(`PostgreSQL (process ${pid}) still runs from before; stopping it first`);
  if (!(await endPostgres(pid))) throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
  rmSync(file, { force: true });
}

/** Fast, then at once, then by force: each step when the one before has not helped. Answers whether it ended. */
export async function endPostgres(pid: number, patience = 2_500): Promise<boolean> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended in between.
      return !isAlive(pid);
    }
    if (await waitFor(() => !isAlive(pid), signal === 'SIGINT' ? patience : 1_000)) return true;
  }
  return false;
}

function pidIn(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** PostgreSQL works in its data folder; where the system does not tell folders, its command line names it. */
function worksOn(pid: number, data: string): boolean {
  const folder = folderOf(pid);
  return folder === null ? (commandOf(pid)?.includes(data) ?? false) : folder === realpathSync(data);
}
