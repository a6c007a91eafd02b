/**
 * Builds the page into `dist/`: `node web/build.ts STAMP`, which `bin/plaza build` calls. It works in a folder of its
 * own, whose name changes only when all is there: nobody ever sees half a page, and of several builds at once one wins.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { build } from 'vite';

const here = import.meta.dirname;
const [stamp = 'unstamped'] = process.argv.slice(2);
const dist = join(here, 'dist');

tidy();
const folder = mkdtempSync(join(here, '.building-'));
try {
  await build({ configFile: join(here, 'vite.config.ts'), root: here, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
  await drawIcons();
  fillWorker();
  for (const file of filesOf(folder)) compress(join(folder, file));
  writeFileSync(join(folder, 'stamp'), stamp);
  putInPlace();
} catch (error) {
  // What is wrong with the sources, without the way through the tools.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What builds left behind that were killed. */
function tidy(): void {
  const hour = 3_600_000;
  for (const name of readdirSync(here)) {
    if (!name.startsWith('.building-')) continue;
    const path = join(here, name);
    // Another build may just have given it its name.
    const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > hour) rmSync(path, { recursive: true, force: true });
  }
}

/** Every picture that some system wants, of the one drawing. */
async function drawIcons(): Promise<void> {
  const drawing = readFileSync(join(folder, 'icon.svg'));
  const square = { r: 163, g: 70, b: 27, alpha: 1 };
  const draw = (size: number) => sharp(drawing, { density: 300 }).resize(size, size);
  const full = async (size: number) => draw(size).flatten({ background: square }).png({ palette: true }).toBuffer();
  for (const size of [192, 512])
    await draw(size)
      .png({ palette: true })
      .toFile(join(folder, `icon-${size}.png`));
  // Systems that cut their own corners get none of ours, and room around the sign.
  writeFileSync(join(folder, 'icon-180.png'), await full(180));
  const inner = await full(410);
  await sharp({ create: { width: 512, height: 512, channels: 4, background: square } })
    .composite([{ input: inner }])
    .png({ palette: true })
    .toFile(join(folder, 'icon-maskable.png'));
  writeFileSync(join(folder, 'favicon.ico'), asIco(await draw(32).png().toBuffer(), 32));
}

/** An .ico of one PNG. */
function asIco(png: Buffer, size: number): Buffer {
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.writeUInt8(size, 6);
  head.writeUInt8(size, 7);
  head.writeUInt16LE(1, 10);
  head.writeUInt16LE(32, 12);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(head.length, 18);
  return Buffer.concat([head, png]);
}

/** The service worker keeps all scripts and styles, so that an open page finds its parts after the server got newer ones. */
function fillWorker(): void {
  const path = join(folder, 'sw.js');
  const files = filesOf(folder)
    .filter((file) => /^assets\/.+\.(js|css)$/.test(file))
    .map((file) => `/${file}`);
  const source = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    source.replace('STAMP', () => stamp.slice(0, 16)).replace("['FILES']", () => JSON.stringify(files)),
  );
}

/** Files beside it that are sent to those who can read them. The page's own document is filled in by the server. */
function compress(path: string): void {
  if (!/\.(js|css|svg|json|webmanifest|wasm)$/.test(path)) return;
  const raw = readFileSync(path);
  const brotli = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } });
  const gzip = gzipSync(raw, { level: 9 });
  if (brotli.length < raw.length) writeFileSync(`${path}.br`, brotli);
  if (gzip.length < raw.length) writeFileSync(`${path}.gz`, gzip);
}

function putInPlace(): void {
  const before = `${folder}-before`;
  for (let tries = 0; tries < 10; tries++) {
    try {
      // Another build of the same sources was quicker.
      if (existsSync(join(dist, 'stamp')) && readFileSync(join(dist, 'stamp'), 'utf8') === stamp) return;
      if (existsSync(dist)) renameSync(dist, before);
      renameSync(folder, dist);
      rmSync(before, { recursive: true, force: true });
      return;
    } catch (error) {
      rmSync(before, { recursive: true, force: true });
      if (tries === 9) throw error;
    }
  }
}

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}
