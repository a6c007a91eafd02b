import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type BuiltPage, readPage } from './files.ts';

export const script = `console.log(${JSON.stringify('a script '.repeat(300))});`;

/** A page as the build leaves it, small. */
export function builtPage(): BuiltPage {
  const folder = mkdtempSync(join(tmpdir(), 'plaza-page-'));
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  write(
    'index.html',
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Plaza</title>
<script type="module" crossorigin src="/assets/main-abc123.js"></script></head>
<body><div id="app"></div></body></html>`,
  );
  write('assets/main-abc123.js', script);
  write('assets/main-abc123.js.br', brotliCompressSync(script));
  write('assets/main-abc123.js.gz', gzipSync(script));
  write('assets/font-abc123.woff2', 'font');
  write('icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  write('icon-192.png', 'picture');
  write('favicon.ico', 'picture');
  write('manifest.webmanifest', '{"id":"/","name":"Plaza"}');
  write('sw.js', 'self.onfetch = null;');
  write('stamp', 'secret of the build');
  write('.vite/manifest.json', '{}');
  try {
    return readPage(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** Of all that is in it. */
  text: string;
}

const token = /<\?xml [^?]*\?>|<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

/** Reads XML as strictly as feed readers do, as far as we write it. @throws where it is not well-formed */
export function readXml(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  token.lastIndex = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) throw new Error(`Not well-formed: ${xml.slice(at, at + 80)}`);
    const [, closing, name, attributes = '', alone, words] = found;
    if (words !== undefined) for (const each of open) each.text += plain(words);
    else if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing.`);
    } else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, plain(value)]);
      const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
      open.at(-1)?.children.push(element);
      if (alone === '') open.push(element);
    }
  }
  if (open.length !== 1) throw new Error(`${open.at(-1)?.name} is not closed.`);
  return root.children[0] ?? root;
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML does not allow.
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(text) || !text.isWellFormed())
    throw new Error('A character that XML does not allow.');
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&([^;]*;?)/g, (entity, name: string) => {
    const meant = names[name.replace(/;$/, '')];
    if (meant === undefined) throw new Error(`There is no ${entity}.`);
    return meant;
  });
}
