import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive, waitFor } from './kit/processes.ts';
import { home } from './settings.ts';

let house: string;

/** A house with the real launcher and a program that only shows what reaches it. */
beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'plaza-launcher-'));
  for (const file of ['plaza', 'plaza.mjs', 'ready.mjs'])
    cpSync(join(home, 'bin', file), join(house, 'bin', file), { verbatimSymlinks: true });
  write('package.json', '{ "type": "module" }');
  write('package-lock.json', '{ "packages": { "": {}, "node_modules/fish": { "version": "1.0.0" } } }');
  write('node_modules/.package-lock.json', '{ "packages": { "node_modules/fish": { "version": "1.0.0" } } }');
  write(
    'src/main.ts',
    `const said: string = JSON.stringify({ args: process.argv.slice(2), node: process.versions.node, pid: process.pid });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { console.log(signal); process.exit(7); });
    if (process.channel) process.once('disconnect', () => process.exit(8));
    console.log(said);
    if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL');
    if (process.argv[2] !== 'stay') process.exit(7);
    setInterval(() => {}, 1000);`,
  );
  const node = join(house, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  mkdirSync(node, { recursive: true });
  symlinkSync(process.execPath, join(node, 'node'));
});
afterEach(() => rmSync(house, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(join(house, path, '..'), { recursive: true });
  writeFileSync(join(house, path), text);
}

interface Launched {
  child: ChildProcess;
  /** What the program printed first. */
  first: Promise<{ args: string[]; node: string; pid: number }>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string; err: string }>;
}

const pretending = (version: string) => [
  '--import',
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`,
];

function launch(node: string[], args: string[], env: NodeJS.ProcessEnv = {}): Launched {
  const child = spawn(process.execPath, [...node, join(house, 'bin/plaza'), ...args], {
    cwd: '/',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  const first = new Promise<{ args: string[]; node: string; pid: number }>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.includes('\n')) resolve(JSON.parse(out.split('\n')[0] ?? ''));
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Awaited<Launched['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, out, err })),
  );
  return { child, first, ended };
}

describe.each([
  ['on Node 24', []],
  ['on Node 20, which hands over to the Node that npm brought', pretending('20.0.0')],
])('%s', (_, node) => {
  test('arguments and the exit code pass', async () => {
    const { first, ended } = launch(node, ['start', '--port', '1']);
    expect(await first).toMatchObject({ args: ['start', '--port', '1'], node: process.versions.node });
    expect(await ended).toMatchObject({ code: 7, err: '' });
  });

  test('signals pass', async () => {
    const { child, first, ended } = launch(node, ['stay']);
    await first;
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 7, out: expect.stringMatching(/\nSIGTERM\n$/) });
  });

  test('a death by signal shows', async () => {
    expect(await launch(node, ['die']).ended).toMatchObject({ signal: 'SIGKILL' });
  });
});

test('a program whose launcher is killed does not stay behind', async () => {
  const { child, first } = launch(pretending('20.0.0'), ['stay']);
  const { pid } = await first;
  expect(pid).not.toBe(child.pid);
  child.kill('SIGKILL');
  expect(await waitFor(() => !isAlive(pid), 5_000)).toBe(true);
});

test('installs from the lock when node_modules is missing or stale, and says so where npm cannot', async () => {
  write(
    'npm-cli.js',
    'import { mkdirSync, writeFileSync } from "node:fs"; console.log("npm", ...process.argv.slice(2)); process.exit(process.env.FAIL ? 1 : 0);',
  );
  write('package-lock.json', '{ "packages": { "": {}, "node_modules/fish": { "version": "2.0.0" } } }');
  const npm = { npm_execpath: join(house, 'npm-cli.js') };
  expect(await launch([], ['start'], npm).ended).toMatchObject({ code: 7, err: expect.stringMatching(/Installing[\s\S]*npm ci /) });
  expect(await launch([], ['start'], { ...npm, FAIL: 'yes' }).ended).toMatchObject({
    code: 1,
    err: expect.stringMatching(/npm could not install/),
  });
});

test('a Node that is too old is told', async () => {
  expect(await launch(pretending('18.19.0'), ['start']).ended).toMatchObject({
    code: 1,
    err: 'Plaza needs Node 20 or newer; this is 18.19.0.\n',
  });
});
