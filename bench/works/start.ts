import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../journeys/support/server.ts';
import { tidyAfter } from '../../journeys/support/tidy.ts';
import { within } from '../../journeys/support/wait.ts';
import { readyPage } from '../../src/page.ts';
import { home } from '../../src/settings.ts';
import type { Contender, Work } from '../support/work.ts';

const patienceMs = 60_000;
const lookMs = 5;

interface Started {
  seconds: number;
  stop(): Promise<void>;
}

/** The real program, as people start it; until it answers that it is ready. */
async function launch(data: string): Promise<Started> {
  const port = await freePort();
  const { DATABASE_URL: _, ...env } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, [join(home, 'bin/plaza'), 'start'], {
    env: { ...env, PLAZA_DATA: data, PLAZA_PORT: String(port), PLAZA_HOST: '127.0.0.1', PLAZA_LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (!(await isReady(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server ended and said:\n${said}`);
    if (performance.now() - began > patienceMs) {
      child.kill('SIGKILL');
      throw new Error(`The server is not ready after ${patienceMs / 1000} s and said:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return {
    seconds: (performance.now() - began) / 1000,
    async stop() {
      child.kill('SIGINT');
      await within(ended, 'the server to end', patienceMs).catch(() => child.kill('SIGKILL'));
      await ended;
    },
  };
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/readyz', signal: AbortSignal.timeout(patienceMs) }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

const plaza: Contender = {
  about: 'Plaza with its PostgreSQL and its page, installed and built',
  async start() {
    await readyPage(() => {});
    return {
      async run() {
        const data = mkdtempSync(join(tmpdir(), 'plaza-bench-start-'));
        const tidy = tidyAfter(data);
        try {
          const first = await launch(data);
          await first.stop();
          const warm = await launch(data);
          await warm.stop();
          return { first: first.seconds, warm: warm.seconds };
        } finally {
          await tidy();
          rmSync(data, { recursive: true, force: true });
        }
      },
      stop: async () => {},
    };
  },
};

export const start: Work = {
  name: 'start',
  about: 'From the command until the server is ready: with an empty data folder, then once more.',
  options: {},
  columns: [
    { key: 'first', label: 'first start s', better: 'lower' },
    { key: 'warm', label: 'warm start s', better: 'lower' },
  ],
  contenders: { plaza },
};
