import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errors } from '../../../contracts/errors.ts';
import { createTestServer, type TestServer } from '../http/testing.ts';
import type { Document } from './testing.ts';

let s: TestServer;
let tokens: (string | undefined)[];
let ids: string[];
let document: Document;

beforeAll(async () => {
  s = await createTestServer();
  const ana = await s.someone('Ana');
  const boss = await s.admin();
  const made = await s.ask('POST', '/v1/applications', { token: boss.token, body: { name: 'Desk' } });
  const town = await s.ask('POST', '/v1/communities', { token: ana.token, body: { name: 'Town' } });
  const chat = await s.ask('POST', '/v1/communities/town/channels', { token: ana.token, body: { name: 'hall' } });
  await s.ask('POST', `/v1/channels/${chat.body['id']}/messages`, { token: ana.token, body: { body: 'hello' } });
  tokens = [ana.token, boss.token, made.body['token'], 'nonsense', undefined];
  ids = [ana.id, town.body['id'], chat.body['id'], made.body['id']];
  document = (await s.ask('GET', '/v1/openapi.json')).body as never;
});
afterAll(() => s.end());

const nasty = [
  '',
  ' ',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'me',
  '@ana',
  '%00',
  '%',
  '\u0000',
  '\ud800',
  '../x',
  "';--",
  '👍',
  'null',
  '[]',
  '{}',
];

test('whatever is sent, the answer is one of the table, and never our fault', async () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation.operationId === 'getEvents' ? [] : [{ path, method: method.toUpperCase(), operation }],
    ),
  );
  const word = fc.oneof(fc.constantFrom(...nasty, ...ids, '1', '2'), fc.string({ unit: 'binary', maxLength: 30 }));
  const value = fc.oneof(
    word,
    fc.constant(null),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.array(word, { maxLength: 3 }),
    fc.jsonValue({ maxDepth: 2 }),
  );

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operations),
      fc.nat(4),
      fc.infiniteStream(word),
      fc.infiniteStream(value),
      fc.infiniteStream(fc.boolean()),
      async ({ path, method, operation }, who, words, values, coins) => {
        const nextWord = () => String(words.next().value);
        const coin = () => coins.next().value === true;
        const address = path.replaceAll(/\{[^}]+\}/g, () => safely(nextWord()));
        const query = (operation.parameters ?? []).flatMap(({ in: where, name }) =>
          where === 'query' && coin() ? [`${name}=${safely(nextWord())}`] : [],
        );
        const token = tokens[who];
        const content = operation.requestBody?.content['application/json']?.schema ?? {};
        const fields = 'properties' in content && content.properties ? Object.keys(content.properties) : ['x'];
        const body = coin() ? Object.fromEntries(fields.map((field) => [field, values.next().value])) : values.next().value;
        const answer = await s.ask(method, query.length > 0 ? `${address}?${query.join('&')}` : address, {
          token,
          ...(method !== 'GET' && { body }),
          headers: coin() && method !== 'GET' ? { 'idempotency-key': nextWord().replaceAll(/[^\x20-\x7e]/g, '') } : {},
        });
        const said = `${method} ${address} → ${answer.status} ${answer.text.slice(0, 200)}`;
        expect(answer.status, said).toBeLessThan(500);
        if (answer.status < 400) return;
        expect(answer.headers['content-type'], said).toMatch(/^application\/problem\+json/);
        expect(errors, said).toHaveProperty(answer.body['code']);
        expect(answer.text, said).not.toMatch(/postgres|syntax|node_modules|at Object|select |insert /i);
      },
    ),
    { numRuns: 600 },
  );
});

function safely(text: string): string {
  return /^%/.test(text) ? text : encodeURIComponent(text.toWellFormed());
}
