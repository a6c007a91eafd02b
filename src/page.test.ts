import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPage } from './faces/web/index.ts';
import { pageFolder, readyPage, stampOf } from './page.ts';
import { home } from './settings.ts';

let root: string;
let said: string[];
const ready = () => readyPage((line) => said.push(line), root);
const dist = (...path: string[]) => join(pageFolder(root), ...path);
const scripts = () => [...readPage(pageFolder(root)).files].filter(([path]) => path.startsWith('/assets/'));

/** A house with the real way to build and a page of one script. */
beforeEach(() => {
  said = [];
  root = mkdtempSync(join(tmpdir(), 'plaza-page-'));
  cpSync(join(home, 'web', 'build.ts'), join(root, 'web', 'build.ts'));
  cpSync(join(home, 'web', 'public'), join(root, 'web', 'public'), { recursive: true });
  symlinkSync(join(home, 'node_modules'), join(root, 'node_modules'));
  write('package.json', '{ "type": "module" }');
  write('package-lock.json', '{}');
  write('contracts/words.ts', `export const words = ${JSON.stringify('many words '.repeat(200))};`);
  write('web/vite.config.ts', 'export default { build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } } };');
  write('web/src/main.ts', "import { words } from '../../contracts/words.ts'; console.log(words, 'first');");
  write(
    'web/index.html',
    '<!doctype html><html lang="en"><head><title>Plaza</title></head><body><div id="app"></div><script type="module" src="/src/main.ts"></script></body></html>',
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test('a page that is missing is built, once, whole, and leaves nothing beside it', async () => {
  await ready();
  expect(said).toEqual(['Building the page; this happens once …']);
  await ready();
  expect(said).toHaveLength(1);
  const page = readPage(pageFolder(root));
  expect(page.document.fill(null)).toMatch(/<script type="module" crossorigin src="\/assets\/[\w-]+\.js"><\/script>/);
  const [[path, main] = []] = scripts();
  expect(main?.br && brotliDecompressSync(main.br).toString()).toBe(main?.raw.toString());
  expect(main?.gzip?.length).toBeLessThan(main?.raw.length ?? 0);
  const worker = page.files.get('/sw.js')?.raw.toString();
  expect(worker).toContain(`["${path}"]`);
  expect(worker).toContain(`plaza-${stampOf(root).slice(0, 16)}`);
  expect(readdirSync(join(root, 'web')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('there is a picture for every system', async () => {
  await ready();
  const manifest: { icons: { src: string; sizes: string }[] } = JSON.parse(readFileSync(dist('manifest.webmanifest'), 'utf8'));
  const sizes = { '/icon-180.png': '180x180', ...Object.fromEntries(manifest.icons.map(({ src, sizes }) => [src, sizes])) };
  for (const [src, size] of Object.entries(sizes)) {
    const { width, height } = await sharp(dist(src)).metadata();
    if (size !== 'any') expect([src, `${width}x${height}`]).toEqual([src, size]);
  }
  expect(readFileSync(dist('favicon.ico')).readUInt16LE(2)).toBe(1);
});

test('what it is made of counts, not when that was written', async () => {
  await ready();
  const before = scripts();
  write('contracts/words.ts', readFileSync(join(root, 'contracts/words.ts'), 'utf8'));
  write('contracts/words.test.ts', 'a test');
  await ready();
  expect(said).toHaveLength(1);
  write('web/src/main.ts', "console.log('second');");
  await ready();
  expect(said).toHaveLength(2);
  expect(scripts()).toHaveLength(1);
  expect(scripts()).not.toEqual(before);
});

test('two that start at once both have the page', async () => {
  await Promise.all([ready(), ready()]);
  expect(scripts()).toHaveLength(1);
  expect(readFileSync(dist('stamp'), 'utf8')).toBe(stampOf(root));
  expect(readdirSync(join(root, 'web')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('what another build has put away between two looks is passed over', async () => {
  // It is in the list of the folder and cannot be looked at.
  symlinkSync('nowhere', join(root, 'web', '.building-gone'));
  await ready();
  expect(scripts()).toHaveLength(1);
});

test('a mistake in the sources is told, and what was built stays', async () => {
  await ready();
  const before = scripts();
  write('web/src/main.ts', "import './missing.ts';");
  await expect(ready()).rejects.toThrow(/could not be built:[\s\S]*missing\.ts/);
  expect(scripts()).toEqual(before);
  expect(readdirSync(join(root, 'web')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('without the tools the page that is there is taken, and one that is not there is asked for', async () => {
  await ready();
  rmSync(join(root, 'node_modules'));
  write('web/src/main.ts', "console.log('newer');");
  await ready();
  expect(said).toHaveLength(1);
  rmSync(pageFolder(root), { recursive: true });
  await expect(ready()).rejects.toThrow(/npm ci --include=dev/);
  expect(existsSync(pageFolder(root))).toBe(false);
});
