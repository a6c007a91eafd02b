import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, type Server, startServer } from './support/server.ts';
import { tidyAfter } from './support/tidy.ts';
import { within } from './support/wait.ts';

const home = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(home, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (page: string) => readFileSync(join(home, page), 'utf8');

/** The shell blocks under the numbered headings, in order. */
const steps = [...read('README.md').matchAll(/^### \d+\. (.+)\n(?:(?!^### )[\s\S])*?^```sh\n([\s\S]*?)^```/gm)].map(
  ([, title = '', block = '']) => ({ title, block }),
);

/** `script` of util-linux makes the terminal. */
const noTerminal = spawnSync('script', ['--version']).status !== 0;

describe.skipIf(noTerminal)('the ten things to try, one after another in a terminal', () => {
  let server: Server;
  let tidy: () => Promise<void>;
  let shell: ChildProcess | undefined;
  /** What the shell wrote under each step's title. */
  const output = new Map<string, string>();
  let complaints = '';

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plaza-readme-'));
    // Where root runs the tests, PostgreSQL's user must get to its own folder in there.
    await chmod(folder, 0o755);
    tidy = tidyAfter(folder);
    const data = join(folder, 'data');
    // With the limits that everybody has at first.
    const rates = ['ANONYMOUS', 'PERSON', 'APPLICATION'].flatMap((who) => [`PLAZA_${who}_RATE`, `PLAZA_${who}_BURST`]);
    server = await startServer({ data, port: await freePort(), env: Object.fromEntries(rates.map((name) => [name, ''])) });
    const script = join(folder, 'steps.sh');
    await writeFile(script, asScript({ base: server.base, data, secondPort: await freePort() }));
    await within(run(script, folder, data), 'the shell to end', 150_000);
  }, 200_000);

  afterAll(async () => {
    if (shell?.pid && shell.exitCode === null) process.kill(-shell.pid, 'SIGKILL');
    await server?.stop();
    await tidy?.();
  });

  function asScript({ base, data, secondPort }: { base: string; data: string; secondPort: number }): string {
    return (
      steps
        .map(({ title, block }) => `echo '=== ${title}'\n${block}`)
        .join('\n')
        .replaceAll('http://localhost:3000', base)
        .replaceAll('3001', String(secondPort))
        .replaceAll('.plaza/', `${data}/`)
        // A machine that does much else may take longer to begin to listen.
        .replaceAll('sleep 2\n', 'sleep 5\n')
        .replaceAll('-m 6 ', '-m 15 ')
    );
  }

  /** Runs the script as a newcomer does: answers what is asked, when it is asked. */
  async function run(script: string, folder: string, data: string): Promise<void> {
    const wrong = join(folder, 'complaints');
    const child = spawn('script', ['-qec', `stty cols 200; exec sh ${script} 2>${wrong}`, '/dev/null'], {
      cwd: home,
      env: {
        ...process.env,
        PLAZA_DATA: data,
        PLAZA_PAGE: 'no',
        TMPDIR: folder,
        XDG_CONFIG_HOME: join(folder, 'config'),
        TERM: 'xterm',
        FORCE_COLOR: undefined,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    shell = child;
    const answers = [
      { asked: 'The code: ', say: () => /code=(\S+)/.exec(server.said())?.[1] },
      { asked: 'Password: ', say: () => 'everybody-is-an-example' },
      { asked: 'You are ', say: () => 'Is anybody up?' },
      { asked: /#\d+ Maria Júlia Albuquerque {2}Is anybody up\?/, say: () => '/quit' },
    ];
    let raw = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      raw += text;
      const [next] = answers;
      if (!next || stripVTControlCharacters(raw).search(next.asked) < 0) return;
      answers.shift();
      child.stdin.write(`${next.say()}\r`);
    });
    await new Promise((resolve) => child.once('close', resolve));
    const said = stripVTControlCharacters(raw).replaceAll('\r\n', '\n');
    for (const [, title = '', text = ''] of said.matchAll(/^=== (.+)\n((?:(?!^=== )[\s\S])*)/gm)) output.set(title, text);
    complaints = await readFile(wrong, 'utf8');
  }

  test('there are ten, and none of them complains', () => {
    expect([...output.keys()]).toEqual(steps.map(({ title }) => title));
    expect(output.size).toBe(10);
    expect(complaints).toBe('');
  });

  test.each<[string, ...(RegExp | string)[]]>([
    ['Sign up', /handle: 'ana'/, /handle: 'ben'/, /refresh: '/, /interests: \[\]/],
    ['A discussion, by GraphQL', 'memberCount: 2', 'number: 2', '<em>nobody</em>', "replyTo: { number: 1, body: 'Top or bottom?' }"],
    ['Say it twice, have it once', /number: 1,[\s\S]*repeated: false[\s\S]*number: 1,[\s\S]*repeated: true/],
    ['Let another program in', 'admin', "name: 'The printer'", 'chat_number: 1', /items: \[[\s\S]*It is on fire/],
    ['Listen from the beginning', /PostedEvent.*:1,[\s\S]*PostedEvent.*:2,[\s\S]*EditedEvent.*or middle[\s\S]*ReactedEvent/],
    // What comes within a tick is told at once, so a version in between may not be seen.
    ['Talk by the socket', /^Ana has version [1-3], which/, 'Ana has version 4, which ends with 3: Coffee, please'],
    ['Pull the plug', /^500 acknowledged, 0 lost, 0 twice$/m],
    ['Start a second server', '504\n', '"body":"Who has my other shoe?"'],
    ['Take access away', '505\n', /"type":"joined"[\s\S]*"type":"left"/, "code: 'not_found'"],
    ['A lively place', '100 people', /✓ numbers run from 1/, 'Maria Júlia Albuquerque', 'Is anybody up?'],
  ])('%s', (title, ...says) => {
    const text = output.get(title) ?? '';
    for (const each of says) expect(text).toMatch(each);
  });

  test('nobody who was thrown out heard anything after', () => {
    expect(output.get('Take access away')).not.toMatch(/"type":"events"/);
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('its links lead somewhere', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^(https?|mailto):/.test(link));
    expect(links.filter((link) => !leads(page, link))).toEqual([]);
  });

  test('the files it names are there', () => {
    const named = [...text.matchAll(/`((?:bin|client|contracts|docs|journeys|migrations|policies|src)\/[\w./-]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(home, path)))).toEqual([]);
  });
});

function leads(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  return existsSync(join(home, file)) && (anchor === undefined || anchors(read(file)).includes(anchor));
}

/** As GitHub makes them of headings. */
function anchors(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}
