import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Channel, Community } from '../../contracts/nouns.ts';
import { type Client, createClient, type OpenChannel, signIn, signUp } from '../index.ts';
import { openTestHouse, type TestHouse } from '../testing.ts';

const program = join(import.meta.dirname, '../../bin/plaza.mjs');
const password = 'a rather long pass phrase';
const email = 'ana@example.org';
const config = mkdtempSync(join(tmpdir(), 'plaza-test-terminal-'));
const env = { ...process.env, XDG_CONFIG_HOME: config, TERM: 'xterm', COLUMNS: undefined, FORCE_COLOR: undefined };
let plaza: TestHouse;
let ben: Client;
let chat: OpenChannel;
const running: ChildProcess[] = [];

/** The program with a pseudo terminal of 80 columns, made by `script` of util-linux. */
function inTerminal(...args: string[]) {
  const command = `stty cols 80 rows 24; exec ${process.execPath} ${program} chat ${plaza.url} ${args.join(' ')}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  return { ...watched(child), type: (text: string) => void child.stdin.write(text) };
}

function inPipe(input: string, ...args: string[]) {
  const child = spawn(process.execPath, [program, 'chat', plaza.url, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  return watched(child);
}

function watched(child: ChildProcess) {
  running.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { raw: () => said, said: () => stripVTControlCharacters(said), ended };
}

/** As one who is signed in already. */
async function keepSession(as: string): Promise<void> {
  mkdirSync(join(config, 'plaza'), { recursive: true });
  const file = `${new URL(plaza.url).host.replace(':', '-')}.${as}.json`;
  writeFileSync(join(config, 'plaza', file), JSON.stringify(await signIn(plaza.direct, { email, password })));
}

const bodies = () => chat.state.value.log?.messages.map((message) => message.body) ?? [];

beforeAll(async () => {
  plaza = await openTestHouse();
  const ana = createClient({ url: plaza.direct, tokens: await signUp(plaza.direct, { name: 'Ana', email, password }) });
  const community = await ana.rest<Community>('POST', '/v1/communities', { name: 'Rock pools' });
  const { items } = await ana.rest<{ items: Channel[] }>('GET', `/v1/communities/${community.id}/channels`);
  ana.close();
  ben = createClient({ url: plaza.direct, tokens: await signUp(plaza.direct, { name: 'Ben 李', email: 'ben@example.org', password }) });
  await ben.rest('PUT', `/v1/communities/${community.id}/members/me`);
  chat = await ben.open(items[0]?.id ?? '');
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});
afterAll(async () => {
  ben?.close();
  await plaza?.stop();
  rmSync(config, { recursive: true });
});

test('what is piped in is sent, line by line, and it ends when all is acknowledged', async () => {
  await keepSession('pipe');
  const { said, ended } = inPipe('one\ntwo\n/reply #1 three\n', '--as', 'pipe', '--in', 'general');
  expect([await ended, said()]).toEqual([0, expect.stringContaining('— #general')]);
  await expect.poll(bodies).toEqual(['one', 'two', 'three']);
});

test('a pipe for which nobody is signed in, and a channel that is not there, are refused in one sentence', async () => {
  const nobody = inPipe('one\n', '--as', 'nobody');
  expect([await nobody.ended, nobody.said().trim().split('\n')]).toEqual([1, [expect.stringContaining('Nobody is signed in here yet')]]);
  await keepSession('pipe');
  const nowhere = inPipe('one\n', '--as', 'pipe', '--in', 'nowhere');
  expect([await nowhere.ended, nowhere.said().trim()]).toEqual([1, 'You are in no channel “nowhere”; see /channels.']);
});

test.skipIf(spawnSync('script', ['--version']).status !== 0)('signing in, talking, cuts and the end, at a terminal', async () => {
  const { said, raw, type, ended } = inTerminal('--as', 'desk');
  await expect.poll(said).toContain('E-mail: ');
  type(`${email}\r`);
  await expect.poll(said).toContain('Password: ');
  type(`${password}\r`);
  await expect.poll(said).toContain('#general › ');
  expect(said()).not.toContain(password);
  const [file = ''] = readdirSync(join(config, 'plaza')).filter((name) => name.endsWith('.desk.json'));
  expect(statSync(join(config, 'plaza', file)).mode & 0o777).toBe(0o600);

  // A line of its own is drawn once, as the message that it became.
  type('hello\r');
  await expect.poll(bodies).toContain('hello');
  await expect.poll(said).toMatch(/Ana {2}hello/);
  // What comes while one types stands above what is typed.
  type('half of a lo');
  await expect.poll(said).toMatch(/half of a lo$/);
  await chat.send('in between');
  await expect.poll(said).toMatch(/Ben 李 {2}in between\r?\n.*#general.* › half of a lo$/);
  type('ng line\r');
  await expect.poll(bodies).toContain('half of a long line');
  // Several pasted lines are one message.
  type('\x1b[200~first\rsecond\x1b[201~');
  await expect.poll(said).toContain('1 line before this');
  type('\r');
  await expect.poll(bodies).toContain('first\nsecond');

  plaza.wire.open(false);
  plaza.wire.cut();
  await expect.poll(said).toContain('the connection is cut');
  type('kept\r');
  await expect.poll(said).toContain('offline, 1 kept');
  plaza.wire.open(true);
  await expect.poll(said).toContain('— connected');
  await expect.poll(bodies).toContain('kept');
  expect(bodies().filter((body) => body === 'kept')).toHaveLength(1);

  // Ctrl-C gives up what is typed, and on an empty line it ends.
  type('never mind');
  await expect.poll(said).toMatch(/never mind$/);
  type('\x03');
  type('/channels\r');
  await expect.poll(said).toContain('1 #general');
  type('\x03');
  expect(await ended).toBe(0);
  expect(bodies()).not.toContain('never mind');
  expect(raw()).toContain('\x1b[?2004l');
});
