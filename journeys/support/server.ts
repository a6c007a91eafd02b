import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pause, within } from './wait.ts';

export interface Server {
  /** Where it serves: http://localhost:PORT */
  base: string;
  data: string;
  process: ChildProcess;
  /** Everything it has written. */
  said(): string;
  /** Ends as after Ctrl-C, and answers with the exit code. */
  stop(): Promise<number | null>;
  ended: Promise<number | null>;
}

export interface ServerOptions {
  data: string;
  port: number;
  env?: { [name: string]: string };
}

/** Tests ask more in a second than any person does. */
const noLimits = Object.fromEntries(
  ['ANONYMOUS', 'PERSON', 'APPLICATION'].flatMap((caller) => ['RATE', 'BURST'].map((what) => [`PLAZA_${caller}_${what}`, '1000000'])),
);

/** A first start makes a database; on a busy machine that takes a while. */
const readyMs = 120_000;

/** The real program in a process of its own; resolves when it says that it is ready. @throws with what it said, when it is not */
export async function startServer({ data, port, env = {} }: ServerOptions): Promise<Server> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/plaza.mjs'), 'start'], {
    env: {
      ...process.env,
      ...noLimits,
      DATABASE_URL: '',
      PLAZA_DATA: data,
      PLAZA_PORT: String(port),
      PLAZA_LOG_LEVEL: 'warn',
      PLAZA_LOG_FORMAT: 'pretty',
      // Tests that look at the page say so.
      PLAZA_PAGE: 'no',
      ...env,
    },
    // The channel tells it when this process is no more.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C in the terminal is for the tests, which then stop their servers.
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const server: Server = {
    base: `http://localhost:${port}`,
    data,
    process: child,
    said: () => said,
    ended,
    async stop() {
      child.kill('SIGINT');
      try {
        return await within(ended, 'the server to stop', 20_000);
      } finally {
        child.kill('SIGKILL');
      }
    },
  };
  const until = Date.now() + readyMs;
  // It says so last: by then all that it has to say at first was said.
  while (!said.includes('Plaza is open at') || !(await isReady(server.base))) {
    if (Date.now() > until) {
      await server.stop();
      throw new Error(`The server was not ready after ${readyMs / 1000} s and said:\n${said}`);
    }
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The server ended (${child.exitCode ?? child.signalCode}) and said:\n${said}`);
    await pause(30);
  }
  return server;
}

async function isReady(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, 'localhost', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
