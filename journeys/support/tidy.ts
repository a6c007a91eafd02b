import { spawn } from 'node:child_process';

/**
 * Removes the folder when called, and also when this process ends in any other way, killed or not: a shell of its own
 * session waits for its input to end, ends the PostgreSQL that may still run there, and removes the folder.
 */
export function tidyAfter(folder: string): () => Promise<void> {
  const script = 'cat; for f in $(find "$0" -name postmaster.pid); do kill -QUIT $(head -1 $f); sleep 1; done; rm -rf "$0"';
  const keeper = spawn('sh', ['-c', script, folder], { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  return () => {
    keeper.stdin.end();
    return ended;
  };
}
