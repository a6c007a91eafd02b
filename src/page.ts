/** The web page as files in `web/dist`: is it there, is it of the sources that lie here, and if not, build it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { Advice } from './kit/advice.ts';
import { errorCode } from './kit/errorCode.ts';
import { home } from './settings.ts';

/** All that the built page depends on. */
const sources = ['web', 'client', 'contracts', 'markup', 'package-lock.json'];

/** Where the built page lies. */
export function pageFolder(root = home): string {
  return join(root, 'web', 'dist');
}

/**
 * Builds the page if it is missing or older than its sources. Where the tools to build it were not installed, as in a
 * released package, the page that is there is taken.
 * @throws Advice when it cannot be built
 */
export async function readyPage(say: (line: string) => void, root = home): Promise<void> {
  const stamp = stampOf(root);
  const built = stampOfPage(root);
  if (built === stamp) return;
  if (!existsSync(join(root, 'node_modules', 'vite'))) {
    if (built !== null) return;
    throw new Advice(
      'The web page is not built, and the tools for that are not installed. "npm ci --include=dev --ignore-scripts" installs them; "--no-page" serves without a page.',
    );
  }
  say('Building the page; this happens once …');
  await build(stamp, root);
}

/** Of which sources the page is that is there; null without one, for a moment also while another is put in its place. */
function stampOfPage(root: string): string | null {
  try {
    return readFileSync(join(pageFolder(root), 'stamp'), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A digest of the contents of all sources, whatever their dates. */
export function stampOf(root = home): string {
  const digest = createHash('sha256');
  for (const file of sources.flatMap((source) => filesOf(root, source))) {
    digest
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return digest.digest('hex');
}

function filesOf(root: string, source: string): string[] {
  const path = join(root, source);
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [source];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(source, name))
    .filter((file) => !/[\\/](dist|\.[^\\/]+)([\\/]|$)|\.test\.ts$/.test(file) && statSync(join(root, file)).isFile())
    .toSorted();
}

/** In a process of its own: what the tools take of memory and leave running ends with it. */
async function build(stamp: string, root: string): Promise<void> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'web', 'build.ts'), stamp], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [said, complained, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return;
  throw new Advice(`The web page could not be built:\n${stripVTControlCharacters(complained || said).trim()}`);
}
