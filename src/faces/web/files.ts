import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Advice } from '../../kit/advice.ts';
import { type Document, documentOf } from './document.ts';
import { etagOf } from './etag.ts';
import type { Content } from './send.ts';

/** The built page, read once: what lies on the disk later changes nothing for a running server. */
export interface BuiltPage {
  document: Document;
  /** By their path from the root, such as `/assets/main-1a2b3c.js`. */
  files: ReadonlyMap<string, Content>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** @throws Advice when there is none, or not a whole one */
export function readPage(folder: string): BuiltPage {
  if (!existsSync(join(folder, 'index.html'))) throw new Advice(`${folder} holds no page; "npm run build" makes it.`);
  const files = new Map<string, Content>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length).replaceAll('\\', '/');
    if (!entry.isFile() || type === undefined || path.startsWith('/.')) continue;
    const raw = readFileSync(file);
    files.set(path, { type, raw, etag: etagOf(raw), br: beside(`${file}.br`), gzip: beside(`${file}.gz`) });
  }
  return { document: documentOf(readFileSync(join(folder, 'index.html'), 'utf8')), files };
}

function beside(path: string): Buffer | null {
  return existsSync(path) ? readFileSync(path) : null;
}
