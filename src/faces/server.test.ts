import { randomBytes } from 'node:crypto';
import { connect as dial } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type ErrorCode, errors, PlazaError } from '../../contracts/errors.ts';
import { createTestServer, type TestServer } from './http/testing.ts';
import { defaultRates } from './limits.ts';

const opened: TestServer[] = [];
async function open(options: Parameters<typeof createTestServer>[0] = {}): Promise<TestServer> {
  const made = await createTestServer(options);
  opened.push(made);
  return made;
}
const s = await open();
afterAll(async () => {
  for (const one of opened) await one.end();
  const mishaps = opened.flatMap(({ lines }) => lines.filter(({ level, msg }) => level === 'error' && msg !== 'a request failed'));
  expect(mishaps).toEqual([]);
});

describe('refusals', () => {
  const { authenticate } = s.doors.accounts;
  afterEach(() => {
    s.doors.accounts.authenticate = authenticate;
  });

  test.each(Object.keys(errors) as ErrorCode[])('[H4] %s goes out as the table says', async (code) => {
    s.doors.accounts.authenticate = async () => {
      throw new PlazaError(code, undefined, { field: 'there', rule: 'a-rule', retryAfter: 2.2 });
    };
    const { status, headers, body } = await s.ask('GET', '/v1/me', { headers: { 'x-request-id': 'abc-1' } });
    expect(status).toBe(errors[code].http);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(headers['retry-after']).toBe('3');
    expect(body).toEqual({
      type: `http://plaza.test/errors#${code}`,
      title: expect.stringMatching(/^[A-Z]/),
      status,
      detail: errors[code].sentence,
      code,
      retryable: errors[code].retryable,
      field: 'there',
      rule: 'a-rule',
      requestId: 'abc-1',
    });
    expect((await s.ask('GET', new URL(body['type']).pathname)).text).toContain(`id="${code}"`);
  });

  test('what nobody foresaw is logged with its id and told to nobody', async () => {
    s.doors.accounts.authenticate = async () => {
      throw new Error('relation "secret_table" does not exist');
    };
    const { status, body, text } = await s.ask('GET', '/v1/me');
    expect(status).toBe(500);
    expect(body['code']).toBe('internal');
    expect(text).not.toContain('secret_table');
    const line = s.lines.find((one) => one['requestId'] === body['requestId'] && one['level'] === 'error');
    expect(JSON.stringify(line)).toContain('secret_table');
  });

  test('a database that is away is no fault of the program', async () => {
    s.doors.accounts.authenticate = async () => {
      throw Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' });
    };
    expect(await s.ask('GET', '/v1/me')).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } });
  });

  test.each([
    ['an unknown address', 'GET', '/nowhere', {}, 404, 'not_found'],
    ['an unknown address under /v1', 'GET', '/v1/nowhere', {}, 404, 'not_found'],
    ['an id that is none', 'GET', '/v1/channels/abc', {}, 404, 'not_found'],
    ['an id beyond 64 bits', 'GET', '/v1/channels/9999999999999999999', {}, 404, 'not_found'],
    ['a part of an address that is far too long', 'GET', `/v1/people/${'a'.repeat(500)}`, {}, 404, 'not_found'],
    ['an address that is no URL', 'GET', '/v1/people/%ZZ', {}, 400, 'invalid_input'],
    ['the wrong method', 'DELETE', '/v1/people', {}, 405, 'method_not_allowed'],
    ['JSON that breaks off', 'POST', '/v1/sign-in', { body: '{"email":' }, 400, 'invalid_input'],
    ['JSON that plays with prototypes', 'POST', '/v1/sign-in', { body: '{"__proto__":{"a":1}}' }, 400, 'invalid_input'],
    ['no body where one is needed', 'POST', '/v1/sign-in', {}, 400, 'invalid_input'],
    ['a body of another kind', 'POST', '/v1/sign-in', { body: 'x', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported'],
    ['a body that is too large', 'POST', '/v1/sign-in', { body: `"${'x'.repeat(256 * 1024)}"` }, 413, 'too_large'],
    ['U+0000', 'POST', '/v1/sign-in', { body: { email: 'a\u0000@example.org', password: 'x' } }, 400, 'invalid_input'],
    ['half a surrogate pair', 'POST', '/v1/sign-in', { body: '{"email":"\\ud800","password":"x"}' }, 400, 'invalid_input'],
  ] as const)('%s', async (_what, method, path, more, status, code) => {
    const answer = await s.ask(method, path, more);
    expect(answer).toMatchObject({ status, body: { code, status, requestId: expect.any(String) } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('a wrong field is named', async () => {
    const { body } = await s.ask('POST', '/v1/sign-up', { body: { name: 'Ana', email: 3, password: 'x' } });
    expect(body).toMatchObject({ field: 'email', detail: '"email" is not valid: expected string, received number.' });
  });

  test('GraphQL gets them in its own shape', async () => {
    const limited = await open({ rates: { ...defaultRates, anonymous: { perSecond: 0.001, burst: 1 } } });
    await limited.ask('POST', '/graphql', { body: {} });
    const { status, body } = await limited.ask('POST', '/graphql', { body: {} });
    expect(status).toBe(429);
    expect(body['errors']).toMatchObject([{ extensions: { code: 'too_many_requests', retryable: true } }]);
  });
});

describe('methods', () => {
  test('HEAD is GET without a body', async () => {
    const [get, head] = [await s.ask('GET', '/.well-known/jwks.json'), await s.ask('HEAD', '/.well-known/jwks.json')];
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  test('OPTIONS and refused methods say what is allowed', async () => {
    expect(await s.ask('OPTIONS', '/v1/communities')).toMatchObject({ status: 204, headers: { allow: 'POST, GET, HEAD, OPTIONS' } });
    expect((await s.ask('PUT', '/v1/channels/5')).headers['allow']).toBe('GET, HEAD, PATCH, OPTIONS');
    expect((await s.ask('OPTIONS', '/nowhere')).status).toBe(404);
  });
});

describe('header fields', () => {
  test('pages may load nothing from elsewhere, and nobody may frame them', async () => {
    for (const path of ['/', '/first-admin', '/errors', '/docs', '/v1/people', '/nowhere']) {
      const { headers } = await s.ask('GET', path);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe-inline/);
    }
  });

  test('only the named origins may read from elsewhere', async () => {
    const other = await open({ allowedOrigins: ['https://app.example.org'] });
    const from = (origin: string, more = {}) => ({ headers: { origin, ...more } });
    const ours = await other.ask('GET', '/v1/people', from('https://app.example.org'));
    expect(ours.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example.org', vary: 'Origin' });
    expect(ours.headers['access-control-expose-headers']).toContain('RateLimit');
    const asked = await other.ask(
      'OPTIONS',
      '/v1/communities',
      from('https://app.example.org', { 'access-control-request-method': 'POST' }),
    );
    expect(asked).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': expect.stringContaining('DELETE') } });
    expect((await other.ask('GET', '/v1/people', from('https://evil.example.org'))).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });

  test('a request id is kept when it is harmless, else made', async () => {
    expect((await s.ask('GET', '/healthz', { headers: { 'x-request-id': 'from-afar_1.2:3' } })).headers['x-request-id']).toBe(
      'from-afar_1.2:3',
    );
    for (const id of ['has spaces', 'x'.repeat(65), '<script>', '']) {
      expect((await s.ask('GET', '/healthz', { headers: { 'x-request-id': id } })).headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    }
  });
});

describe('[H2] rate limits', () => {
  test('are announced, refused with the time to wait, and counted by address', async () => {
    const limited = await open({ rates: { ...defaultRates, anonymous: { perSecond: 0.005, burst: 2 } } });
    const first = await limited.ask('GET', '/v1/people');
    expect(first.headers['ratelimit-policy']).toBe('"anonymous";q=2;w=400');
    expect(first.headers['ratelimit']).toBe('"anonymous";r=1;t=200');
    await limited.ask('GET', '/v1/people');
    const refused = await limited.ask('GET', '/v1/people');
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests', retryable: true } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['ratelimit']).toMatch(/^"anonymous";r=0;t=/);
    expect((await limited.ask('GET', '/v1/people', { address: '192.0.2.2' })).status).not.toBe(429);
    for (const path of ['/', '/docs', '/healthz', '/readyz', '/metrics']) expect((await limited.ask('GET', path)).status).toBe(200);
  });

  test('guessing tokens is counted as anonymous; a person has a purse of their own', async () => {
    const limited = await open({ rates: { ...defaultRates, anonymous: { perSecond: 0.001, burst: 3 } } });
    const ana = await limited.someone('Ana');
    for (let n = 0; n < 5; n++) await limited.ask('GET', '/v1/me', { token: `guess-${n}` });
    expect((await limited.ask('GET', '/v1/me', { token: 'guess' })).status).toBe(429);
    const mine = await limited.ask('GET', '/v1/me', { token: ana.token });
    expect(mine.status).toBe(200);
    expect(mine.headers['ratelimit-policy']).toBe('"person";q=400;w=4');
  });

  test('behind a trusted proxy the address it names is the one that counts', async () => {
    const limited = await open({ trustProxy: ['192.0.2.1'], rates: { ...defaultRates, anonymous: { perSecond: 0.001, burst: 1 } } });
    const via = (address: string) => limited.ask('GET', '/v1/people', { headers: { 'x-forwarded-for': address } });
    await via('198.51.100.1');
    expect((await via('198.51.100.1')).status).toBe(429);
    expect((await via('198.51.100.2')).status).not.toBe(429);
  });
});

describe('logs', () => {
  test('say what was asked, by whom and how it went, and hold no secret', async () => {
    const ana = await s.someone('Loggia');
    await s.ask('GET', '/v1/people?q=secretwords&token=abcdef123', { token: ana.token, headers: { 'x-request-id': 'log-1' } });
    const line = s.lines.find((one) => one['requestId'] === 'log-1');
    expect(line).toMatchObject({ method: 'GET', route: '/v1/people', status: 200, who: `person:${ana.id}`, ms: expect.any(Number) });
    const all = JSON.stringify(s.lines);
    expect(s.lines.filter(({ msg }) => msg === 'answered').length).toBeGreaterThan(50);
    for (const secret of [ana.token, ana.refresh, 'a long pass phrase', 'secretwords', 'abcdef123', ana.email])
      expect(all).not.toContain(secret);
  });
});

describe('health', () => {
  test('/healthz, /readyz and what is not ready', async () => {
    const sick = await open();
    expect(await sick.ask('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect(await sick.ask('GET', '/readyz')).toMatchObject({
      status: 200,
      body: { ready: true, database: true, notReady: [], slots: [], readers: { tally: { lagBytes: 7 } } },
    });
    sick.feed.live = false;
    expect(await sick.ask('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { ready: false, notReady: ['The feed of events is not live.'] },
    });
  });

  test('a database that does not answer', async () => {
    const broken = await open({ slots: () => Promise.reject(new Error('away')) });
    expect(await broken.ask('GET', '/readyz')).toMatchObject({ status: 503, body: { notReady: ['The database does not answer.'] } });
  });

  test('a slot that lags is seen', async () => {
    const one = await open();
    const name = `plaza_health_${randomBytes(4).toString('hex')}`;
    await one.sql`select pg_create_logical_replication_slot(${name}, 'pgoutput')`;
    try {
      await one.sql`select pg_logical_emit_message(true, 'x', repeat('x', 10000))`;
      const slots = async () => (await one.ask('GET', '/readyz')).body['slots'];
      await expect.poll(slots).toMatchObject([{ name, active: false, walStatus: 'reserved', lagBytes: expect.any(Number) }]);
      expect((await slots())[0].lagBytes).toBeGreaterThan(10_000);
    } finally {
      await one.sql`select pg_drop_replication_slot(${name})`;
    }
  });

  test('/metrics count requests by route, and several servers live in one process', async () => {
    await s.ask('GET', '/v1/people');
    const { text, headers } = await s.ask('GET', '/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    expect(text).toMatch(/plaza_http_request_seconds_count\{method="GET",route="\/v1\/people",status="\d+"\} \d+/);
    expect(text).toContain('plaza_feed_live 1');
    expect(text).toContain('plaza_feed_lag_bytes 0');
  });

  test('/.well-known/jwks.json has public keys only', async () => {
    const { body } = await s.ask('GET', '/.well-known/jwks.json');
    expect(body['keys'].length).toBeGreaterThan(0);
    for (const key of body['keys']) expect(key).not.toHaveProperty('d');
  });
});

describe('pages', () => {
  test.each(['/', '/first-admin', '/errors'])('%s stands alone', async (path) => {
    const { status, headers, text } = await s.ask('GET', path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = headers['content-security-policy'] ?? '';
    for (const tag of ['style', 'script']) {
      const inline = new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(text)?.[1];
      if (inline !== undefined) expect(policy).toContain(await sha256(inline));
    }
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(text).not.toMatch(/ style="| on[a-z]+="/);
  });

  test('/docs loads only from here', async () => {
    const { text } = await s.ask('GET', '/docs');
    const assets = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) expect([asset, (await s.ask('GET', asset)).status]).toEqual([asset, 200]);
    expect((await s.ask('GET', '/docs/static/nothing-here.js')).status).toBe(404);
  });
});

async function sha256(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64');
}

describe('on the network', () => {
  /** Sends these bytes and answers all that comes back until the server closes. */
  function speak(port: number, bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const connection = dial(port, '127.0.0.1', () => connection.write(bytes));
      let heard = '';
      connection.setEncoding('utf8').on('data', (part: string) => {
        heard += part;
      });
      connection.on('close', () => resolve(heard)).on('error', reject);
    });
  }
  const upgrade = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

  test('upgrades go to the face of their path, with the address of who speaks', async () => {
    const seen: string[] = [];
    const face = (name: string) => ({
      upgrade(_request: unknown, connection: Duplex, _head: Buffer, address: string) {
        seen.push(`${name} ${address}`);
        connection.end('HTTP/1.1 101 Fine\r\n\r\n');
      },
    });
    const one = await open({ socket: { ...face('socket'), routes() {} }, graphql: { ...face('graphql'), mount() {} } });
    const { port } = await one.server.listen();
    expect(await speak(port, upgrade('/socket?x=1'))).toContain('101');
    expect(await speak(port, upgrade('/graphql'))).toContain('101');
    expect(await speak(port, upgrade('/elsewhere'))).toMatch(/^HTTP\/1.1 404 /);
    expect(seen).toEqual(['socket 127.0.0.1', 'graphql 127.0.0.1']);
  });

  test('one who asks for an upgrade and is gone harms nobody', async () => {
    const one = await open();
    const { port } = await one.server.listen();
    for (let n = 0; n < 20; n++) {
      await new Promise<void>((resolve) => {
        const connection = dial(port, '127.0.0.1', () => {
          connection.write(upgrade('/elsewhere'));
          setImmediate(() => connection.resetAndDestroy());
        });
        connection.on('close', () => resolve());
      });
    }
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  test('what is not HTTP is refused in words', async () => {
    const one = await open();
    const { port } = await one.server.listen();
    expect(await speak(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"invalid_input"/);
    expect(await speak(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 [\s\S]*"code":"too_large"/,
    );
  });

  test('draining finishes what runs, refuses what comes, and closes', async () => {
    const one = await open();
    const { port } = await one.server.listen();
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    one.doors.people.search = async () => {
      started.resolve();
      await finish.promise;
      return { items: [], hasNext: false };
    };
    let connections = 0;
    const both = Promise.withResolvers<void>();
    one.server.app.server.on('connection', () => ++connections === 2 && both.resolve());
    const running = speak(port, 'GET /v1/people HTTP/1.1\r\nHost: x\r\n\r\n');
    const halfway = dial(port, '127.0.0.1', () => halfway.write('GET /v1/me HTTP/1.1\r\n'));
    const refused = text(halfway);
    await Promise.all([started.promise, both.promise]);
    const drained = one.server.drain();
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    halfway.write('Host: x\r\n\r\n');
    expect(await refused).toMatch(/^HTTP\/1.1 503 [\s\S]*connection: close[\s\S]*"code":"unavailable"/i);
    finish.resolve();
    expect(await running).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close[\s\S]*"items":\[\]/i);
    await drained;
  });

  test('draining cuts what does not end by itself', async () => {
    const upgraded = Promise.withResolvers<void>();
    const hold = (_request: unknown, connection: Duplex) => {
      connection.write('HTTP/1.1 101 Fine\r\n\r\n');
      upgraded.resolve();
    };
    const one = await open({ socket: { upgrade: hold, routes() {} } });
    const { port } = await one.server.listen();
    const held = speak(port, upgrade('/socket'));
    await upgraded.promise;
    await one.server.drain();
    expect(await held).toContain('101');
  });
});
