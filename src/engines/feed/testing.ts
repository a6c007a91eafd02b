import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { startTestServer } from '../../../journeys/support/testServer.ts';
import type { Logger } from '../../kit/log.ts';
import type { Sql } from '../postgres/index.ts';
import { onServer } from '../postgres/testing.ts';

export const silent: Logger = pino({ level: process.env['PLAZA_TEST_LOG'] ?? 'silent' });

export async function emitText(sql: Sql, prefix: string, text: string): Promise<void> {
  await sql`select pg_logical_emit_message(true, ${prefix}, ${text})`;
}

/** Waits for something to come true; the test's own timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export interface OwnServer {
  url: string;
  /** SIGKILL to the server; resolves when it has been started again and has recovered from its log. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL of a test's own, to be killed at will. */
export async function startOwnServer(): Promise<OwnServer> {
  const { url, stop } = await startTestServer();
  const [where] = await onServer(url, (sql) => sql<{ folder: string }[]>`select current_setting('data_directory') as folder`);
  const folder = where?.folder ?? '';
  const words = (await readFile(`${folder}/postmaster.opts`, 'utf8')).matchAll(/"([^"]*)"|(\S+)/g);
  const [binary = '', ...args] = [...words].map(([, quoted, plain]) => quoted ?? plain ?? '');
  let endKeeper: (() => Promise<void>) | null = null;

  /** Starts the server whenever it has died, until the shell's input ends, which also happens when this process is killed. */
  function keep(): () => Promise<void> {
    const script =
      'until "$0" "$@" >/dev/null 2>&1 </dev/null; do sleep 0.05; done & cat >/dev/null; kill -INT $(head -n 1 "$FOLDER/postmaster.pid"); wait';
    const keeper = spawn('sh', ['-c', script, binary, ...args], {
      ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
      cwd: '/',
      env: { ...process.env, FOLDER: folder },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
    return () => {
      keeper.stdin.end();
      return ended;
    };
  }

  return {
    url,
    async crash() {
      process.kill(Number((await readFile(`${folder}/postmaster.pid`, 'utf8')).split('\n')[0]), 'SIGKILL');
      endKeeper ??= keep();
      await until(() =>
        onServer(url, (sql) => sql`select 1`).then(
          () => true,
          () => false,
        ),
      );
    },
    async stop() {
      await endKeeper?.();
      await stop();
    },
  };
}
