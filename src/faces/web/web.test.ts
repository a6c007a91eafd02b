import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestServer } from '../http/testing.ts';
import { pageAddresses } from './addresses.ts';
import { builtPage, script } from './testing.ts';

const s = await createTestServer({ page: builtPage() });
const bare = await createTestServer({ page: null }, undefined);
afterAll(async () => {
  await s.end();
  await bare.end();
});

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const bytes = async (path: string, encoding: string) =>
  s.server.app.inject({ method: 'GET', url: path, headers: { 'accept-encoding': encoding } });

describe('the document', () => {
  const addresses = pageAddresses.map((one) =>
    one
      .replaceAll(/:(channel|number)\([^)]*\)/g, '123')
      .replace(':slug', 'trains')
      .replace(':handle', 'ana'),
  );

  test.each(addresses)('%s is the page', async (path) => {
    const { status, headers, text } = await s.ask('GET', path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    expect(text).toContain('<div id="app"></div>');
  });

  test('loads only from here, runs nothing that stands in it, and is framed by nobody', async () => {
    const { headers } = await s.ask('GET', '/');
    const policy = headers['content-security-policy'] ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'"])
      expect(policy.split('; ')).toContain(part);
    for (const part of ["base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'"])
      expect(policy.split('; ')).toContain(part);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  });

  test('is sent once: who has it is told so', async () => {
    const { headers } = await s.ask('GET', '/');
    const etag = headers['etag'] ?? '';
    expect(await s.ask('GET', '/', { headers: { 'if-none-match': etag } })).toMatchObject({ status: 304, text: '' });
    expect(await s.ask('GET', '/', { headers: { 'if-none-match': `"other", ${etag}` } })).toMatchObject({ status: 304 });
    expect(await s.ask('GET', '/', { headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
  });
});

test('an installed page is called by the name of the place, as it is now', async () => {
  const manifest = async () => (await s.ask('GET', '/manifest.webmanifest')).body;
  expect(await manifest()).toMatchObject({ name: 'Plaza', id: '/' });
  await s.sql`update applications set name = '“Bei uns”' where id = 1`;
  const { headers, body } = await s.ask('GET', '/manifest.webmanifest');
  expect(body).toMatchObject({ name: '“Bei uns”', short_name: '“Bei uns”', id: '/' });
  expect(headers).toMatchObject({ 'content-type': 'application/manifest+json; charset=utf-8', 'cache-control': 'no-cache' });
  await s.sql`update applications set name = 'Plaza' where id = 1`;
});

describe('an address that is none', () => {
  test.each(['/nowhere', '/c/trains/d/abc', '/messages/abc', '/you/nothing', '/index.html'])(
    '%s is the page with 404 for browsers',
    async (path) => {
      const { status, headers, text } = await s.ask('GET', path, { headers: browser });
      expect(status).toBe(404);
      expect(headers['content-security-policy']).toContain("script-src 'self'");
      expect(text).toContain('<div id="app"></div>');
      expect(await s.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await s.ask('POST', path, { headers: browser, body: {} })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  test.each(['/v1/nowhere', '/graphql/nowhere', '/docs/nowhere', '/assets/nowhere.js', '/.well-known/nowhere'])(
    '%s stays as it is',
    async (path) => {
      expect(await s.ask('GET', path, { headers: browser })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  test('a known one takes only its methods', async () => {
    for (const path of ['/', '/sitemap/0.xml'])
      expect(await s.ask('POST', path, { headers: browser, body: {} })).toMatchObject({
        status: 405,
        body: { code: 'method_not_allowed' },
      });
  });
});

describe('files', () => {
  test('those named by their content are kept for ever', async () => {
    const { headers, text } = await s.ask('GET', '/assets/main-abc123.js');
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(text).toBe(script);
    expect(await s.ask('GET', '/assets/main-abc123.js', { headers: { 'if-none-match': headers['etag'] ?? '' } })).toMatchObject({
      status: 304,
    });
  });

  test.each([
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1.0, br;q=0', 'gzip'],
    ['BR', 'br'],
    ['*', 'br'],
    ['gzip', 'gzip'],
    ['identity', undefined],
    ['br;q=0, gzip;q=0', undefined],
    ['', undefined],
  ])('accept-encoding "%s" is answered with %s', async (accepted, encoding) => {
    const { headers, rawPayload } = await bytes('/assets/main-abc123.js', accepted);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['vary']).toContain('Accept-Encoding');
    const plain = encoding === 'br' ? brotliDecompressSync(rawPayload) : encoding === 'gzip' ? gunzipSync(rawPayload) : rawPayload;
    expect(plain.toString()).toBe(script);
    expect(Number(headers['content-length'])).toBe(rawPayload.length);
  });

  test('what has no smaller form goes as it is', async () => {
    const { headers, payload } = await bytes('/assets/font-abc123.woff2', 'br');
    expect(headers).toMatchObject({ 'content-type': 'font/woff2' });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(payload).toBe('font');
  });

  test.each([
    '/assets/..%2f..%2fpackage.json',
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/assets//etc/passwd',
    '/assets/',
    '/assets/main-abc123.js.br',
    '/assets/__proto__',
    '/stamp',
    '/.vite/manifest.json',
    '/assets/..%00/main-abc123.js',
  ])('%s is not there', async (path) => {
    const { status, text } = await s.ask('GET', path);
    expect(status).toBe(404);
    expect(text).not.toMatch(/devDependencies|root:|secret of the build/);
  });

  test('the service worker is asked for anew each time, may load from here, and stands at the root', async () => {
    const { status, headers } = await s.ask('GET', '/sw.js');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/javascript; charset=utf-8' });
    expect(headers['content-security-policy']).toContain("connect-src 'self'");
  });

  test('manifest, pictures, robots', async () => {
    expect((await s.ask('GET', '/manifest.webmanifest')).headers['content-type']).toMatch(/^application\/manifest\+json/);
    expect((await s.ask('GET', '/favicon.ico')).headers).toMatchObject({
      'content-type': 'image/x-icon',
      'cache-control': 'public, max-age=86400',
    });
    expect((await s.ask('GET', '/robots.txt')).text).toContain('Sitemap: http://plaza.test/sitemap.xml');
  });
});

describe('a server without the page', () => {
  test('says so, and what is there', async () => {
    for (const path of ['/', '/first-admin', '/communities', '/c/trains/d/1']) {
      const { status, headers, text } = await bare.ask('GET', path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain('npm run build');
      expect(headers['content-security-policy']).toContain("default-src 'none'; style-src 'sha256-");
    }
    expect(await bare.ask('GET', '/nowhere', { headers: browser })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await bare.ask('GET', '/assets/x.js')).status).toBe(404);
  });

  test('has its feeds and its sitemap', async () => {
    expect((await bare.ask('GET', '/sitemap.xml')).status).toBe(200);
    expect((await bare.ask('GET', '/c/nowhere/feed.xml')).status).toBe(404);
  });
});
