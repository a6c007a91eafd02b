import { createHash } from 'node:crypto';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errors as table } from '../../../contracts/errors.ts';
import { createGraphqlTest, type GraphqlTest } from './testing.ts';

let house: GraphqlTest;
let ana: { token: string; id: string };

beforeAll(async () => {
  house = await createGraphqlTest();
  ana = await house.someone('Ana');
});
afterAll(() => house.end());

const strict = { accept: 'application/graphql-response+json' };

async function refused(query: string, code: string, variables: Record<string, unknown> = {}): Promise<void> {
  const usual = await house.ask('POST', '/graphql', { body: { query, variables } });
  expect([usual.status, usual.body['errors']?.[0].extensions]).toMatchObject([200, { code, retryable: false }]);
  expect(usual.body).not.toHaveProperty('data');
  const modern = await house.ask('POST', '/graphql', { body: { query, variables }, headers: strict });
  expect([modern.status, modern.body['errors']?.[0].extensions]).toMatchObject([400, { code }]);
  expect(modern.text).not.toContain('"http"');
}

/** `{ a { a { … } } }`, so many levels deep. */
const nested = (levels: number) =>
  `query($id: ID!) { channel(id: $id) { ${'lastMessage { replyTo { channel { '.repeat(levels)} id ${'} } }'.repeat(levels)} } }`;

test('[H1] documents that are too deep, too dear, too long or repeat too much are refused before anything is done', async () => {
  await refused(nested(5), 'too_complex', { id: 'x' });
  await refused(
    '{ communities(first: 100) { nodes { discussions(first: 100) { nodes { comments(first: 100) { nodes { body } } } } } } }',
    'too_complex',
  );
  await refused('query($n: Int!) { communities(first: $n) { nodes { discussions(first: $n) { nodes { title } } } } }', 'too_complex', {
    n: 1000,
  });
  await refused(`{ ${Array.from({ length: 31 }, (_, i) => `a${i}: epoch`).join(' ')} }`, 'too_complex');
  await refused(`{ ${'epoch '.repeat(2001)} }`, 'too_complex');
  const signIns = Array.from(
    { length: 5 },
    (_, i) => `a${i}: signIn(email: "a@example.org", password: "long enough") { tokens { access } }`,
  );
  await refused(`mutation { ${signIns.join(' ')} }`, 'too_complex');
  // Each fragment doubles the one before: 2^40 aliases in 40 short lines.
  const doubling = Array.from(
    { length: 40 },
    (_, i) => `fragment F${i} on Query { ${i < 39 ? `...F${i + 1} x${i}: __typename ...F${i + 1}` : 'a: epoch'} }`,
  );
  await refused(`{ ...F0 } ${doubling.join(' ')}`, 'too_complex');
  await refused(`{ ${'me { person { name } } '.repeat(101)} }`, 'too_complex');
  await refused('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', 'invalid_input');
  await refused('{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }', 'invalid_input');
});

test('[H1] introspection is allowed, and the usual query passes the limits', async () => {
  const { __schema } = await house.data(getIntrospectionQuery());
  expect(__schema.queryType.name).toBe('Query');
});

test('[H4] whatever is wrong with a document is invalid_input', async () => {
  await refused('{', 'invalid_input');
  await refused('{ nothing }', 'invalid_input');
  await refused('query($id: ID!) { channel(id: $id) { id } }', 'invalid_input');
  await refused('query($n: Int!) { communities(first: $n) { nodes { id } } }', 'invalid_input', { n: 'many' });
});

test('[H4] requests that make no sense are 4xx, in the codes of the table', async () => {
  const cases: [Parameters<GraphqlTest['ask']>, number, string][] = [
    [['POST', '/graphql', { body: '{ "not JSON' }], 400, 'invalid_input'],
    [['POST', '/graphql', { body: [{ query: '{ epoch }' }] }], 400, 'invalid_input'],
    [['POST', '/graphql', { body: '"{ epoch }"' }], 400, 'invalid_input'],
    [['POST', '/graphql', { body: {} }], 400, 'invalid_input'],
    [['POST', '/graphql'], 415, 'unsupported'],
    [['POST', '/graphql', { body: '{ epoch }', headers: { 'content-type': 'application/graphql' } }], 415, 'unsupported'],
    [['POST', '/graphql', { body: 'query={epoch}', headers: { 'content-type': 'application/x-www-form-urlencoded' } }], 415, 'unsupported'],
    [['POST', '/graphql', { body: '{"query":"{epoch}"}', headers: { 'content-type': 'text/plain' } }], 415, 'unsupported'],
    [['POST', '/graphql', { body: { query: 'x'.repeat(300_000) } }], 413, 'too_large'],
    [['POST', '/graphql', { body: { query: '{ epoch }' }, headers: { accept: 'image/png' } }], 415, 'unsupported'],
    [
      ['POST', '/graphql', { body: { query: 'subscription { myEvents { __typename } }' }, headers: { accept: 'application/json' } }],
      415,
      'unsupported',
    ],
    [['GET', '/graphql?query=mutation{signOut{signedOut}}'], 405, 'method_not_allowed'],
    [['PUT', '/graphql', { body: { query: '{ epoch }' } }], 405, 'method_not_allowed'],
  ];
  for (const [asked, status, code] of cases) {
    const answer = await house.ask(...asked);
    expect([asked, answer.status, answer.body['errors']?.[0]?.extensions?.code]).toEqual([asked, status, code]);
  }
});

test('queries can be asked by GET', async () => {
  const { body } = await house.ask('GET', `/graphql?query=${encodeURIComponent('{ epoch }')}`, { headers: { accept: 'application/json' } });
  expect(body['data'].epoch).toMatch(/./);
});

test('[H4] refusals of the domains carry code, field and rule, and leave the rest of the answer standing', async () => {
  const { status, data, errors } = await house.run(
    'mutation { a: createCommunity(name: "") { community { id } } b: signUp(name: "Bo", email: "bo@example.org", password: "short") { account { id } } c: updateProfile(about: "hi") { person { about } } }',
    {},
    ana.token,
  );
  expect([status, data]).toEqual([200, null]);
  expect(errors[0]).toMatchObject({ path: ['a'], extensions: { code: 'invalid_input', retryable: false, field: 'name' } });
  const reading = await house.run('{ a: community(slug: "nowhere") { id } me { person { handle } } }', {}, ana.token);
  expect(reading.data).toMatchObject({ a: null, me: { person: { handle: 'ana' } } });
  expect(reading.errors[0]).toMatchObject({ path: ['a'], extensions: { code: 'not_found' } });
  const guest = await house.run('mutation { createCommunity(name: "Mine") { community { id } } }');
  expect(guest.errors[0]?.extensions.code).toBe('unauthenticated');
  for (const { extensions } of [...errors, ...reading.errors, ...guest.errors]) expect(Object.keys(table)).toContain(extensions.code);
});

test('[H4] what nobody foresaw is masked, logged under the request id, and the rest of the answer stands', async () => {
  const search = house.doors.people.search;
  house.doors.people.search = async () => {
    throw new Error('the secret of the house');
  };
  const { status, body, text } = await house.ask('POST', '/graphql', {
    body: { query: '{ epoch people { nodes { name } } me { person { name } } }' },
    headers: { 'x-request-id': 'find-me' },
    token: ana.token,
  });
  house.doors.people.search = search;
  expect(status).toBe(200);
  expect(body['errors'][0].extensions).toEqual({ code: 'internal', retryable: true, requestId: 'find-me' });
  expect(text).not.toContain('secret');
  expect(
    house.lines.find((line) => line['requestId'] === 'find-me' && JSON.stringify(line).includes('the secret of the house')),
  ).toBeDefined();
});

test('a bad token is told of in the answer, and does not keep anybody from getting a new one', async () => {
  const bad = await house.run('{ epoch }', {}, 'nonsense');
  expect([bad.status, bad.errors[0]?.extensions.code]).toEqual([200, 'unauthenticated']);
  const cleo = await house.someone('Cleo');
  const { data } = await house.run('mutation($r: String!) { refresh(refresh: $r) { tokens { access } } }', { r: cleo.refresh }, 'nonsense');
  expect(data.refresh.tokens.access).toMatch(/\./);
});

test('an operation that takes too long is given up', async () => {
  const hasty = await createGraphqlTest({ seconds: 0.05 });
  hasty.doors.people.search = () => new Promise(() => {});
  const { status, errors } = await hasty.run('{ people { nodes { name } } }');
  expect([status, errors[0]?.extensions]).toMatchObject([503, { code: 'unavailable', retryable: true, retryAfter: 1 }]);
  await hasty.end();
});

test('[H1] GraphiQL is one page that can load nothing from anywhere else', async () => {
  const page = await house.ask('GET', '/graphql', { headers: { accept: 'text/html,*/*' } });
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  // What a page loads, it loads by one of these.
  const loads = [
    ...page.text
      .replace(/<script>[\s\S]*?<\/script>/g, '')
      .matchAll(/<(?:script|link|img|iframe|source)[^>]*?(?:src|href)="([^"]*)"|@import|url\(\s*["']?(?!data:|#)([^)]*)\)/g),
  ];
  expect(loads.map(([whole, address]) => address ?? whole).filter((address) => !address.startsWith('data:'))).toEqual([]);
  const policy = page.headers['content-security-policy'] ?? '';
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-/);
  expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe-inline/);
  const scripts = [...page.text.matchAll(/<script>([\s\S]*?)<\/script>/g)];
  expect(scripts).toHaveLength(1);
  expect(policy).toContain(
    `'sha256-${createHash('sha256')
      .update(scripts[0]?.[1] ?? '')
      .digest('base64')}'`,
  );
  const again = await house.ask('GET', '/graphql', { headers: { accept: 'text/html', 'if-none-match': page.headers['etag'] ?? '' } });
  expect([again.status, again.text]).toEqual([304, '']);
});
