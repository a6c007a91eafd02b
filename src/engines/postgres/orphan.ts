import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, folderOf, isAlive, waitFor } from '../../kit/processes.ts';

/** No process has this number. */
const nobody = 2_147_483_646;

/**
 * A PostgreSQL that outlived the Plaza that started it still holds the files: it is stopped, so that the next one runs
 * with today's settings and under our eyes.
 *
 * What it leaves behind names its process, and PostgreSQL would take any later process of that number, or a dead one
 * that nobody collects, for its own. So the number is struck out; the rest of the pid file stays, since by that
 * PostgreSQL finds out whether processes of the old one are still at work.
 */
export async function endOrphan({ data, sockets }: { data: string; sockets: string }, say: (line: string) => void): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && isAlive(pid) && worksOn(pid, data)) {
    say(`PostgreSQL (process ${pid}) still runs from before; stopping it first`);
    if (!(await endPostgres(pid))) throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
  }
  if (pid > 0) writeFileSync(file, text.replace(/^\d+/, String(nobody)));
  // Cut short by a full disk.
  else rmSync(file, { force: true });
  rmSync(join(sockets, '.s.PGSQL.5432.lock'), { force: true });
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

/** PostgreSQL works in its data folder; where the system does not tell folders, its command line names it. */
function worksOn(pid: number, data: string): boolean {
  const folder = folderOf(pid);
  return folder === null ? (commandOf(pid)?.includes(data) ?? false) : folder === realpathSync(data);
}
