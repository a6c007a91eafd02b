import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../http/testing.ts';
import type { Document, Operation } from './testing.ts';

let s: TestServer;
let document: Document & { tags: { name: string }[]; info: { title: string; version: string } };
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  s = await createTestServer();
  document = (await s.ask('GET', '/v1/openapi.json')).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
});
afterAll(() => s.end());

test('[H2] it says which OpenAPI it is and what it describes', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  expect(document.info).toMatchObject({ title: 'Plaza', version: '1' });
  expect(operations.length).toBeGreaterThan(65);
});

test('every operation has a name of its own, a summary and a known tag', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  const tags = document.tags.map(({ name }) => name);
  for (const { path, operation } of operations) {
    expect([path, operation.summary]).toEqual([path, expect.stringMatching(/^[A-Z`]/)]);
    expect(tags).toContain(operation.tags?.[0]);
    expect(JSON.stringify(operation)).not.toContain('Default Response');
  }
});

test('every part of an address is described, and every address is served', () => {
  for (const { path, method, operation } of operations) {
    const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    const described = (operation.parameters ?? []).filter((one) => one.in === 'path');
    expect([path, described.map(({ name }) => name).sort()]).toEqual([path, named.sort()]);
    expect(described.every(({ required }) => required)).toBe(true);
    // Events are served by another face.
    if (path === '/v1/events') continue;
    const url = path.replaceAll(/\{([^}]+)\}/g, ':$1');
    expect([method, url, s.server.app.hasRoute({ method: method.toUpperCase() as 'GET', url })]).toEqual([method, url, true]);
  }
});

test('every reference leads somewhere, and nothing is described that nobody uses', () => {
  const text = JSON.stringify(document);
  const used = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/\w+)"/g)].map(([, name = '']) => name));
  const made = (kind: 'schemas' | 'responses') => Object.keys(document.components[kind]).map((name) => `${kind}/${name}`);
  for (const name of used) expect([...made('schemas'), ...made('responses')]).toContain(name);
  expect(made('schemas').filter((name) => !used.has(name))).toEqual([]);
});

test('refusals are described with their codes, and what needs no token says so', () => {
  expect(document.components.responses['status429']?.description).toContain('`too_many_requests`');
  for (const { path, operation } of operations)
    expect([path, Object.keys(operation.responses)]).toEqual([path, expect.arrayContaining(['400', '401', '404', '429', '500', '503'])]);
  const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path);
  expect(open.sort()).toEqual(['/v1/forgot-password', '/v1/place', '/v1/refresh', '/v1/reset-password', '/v1/sign-in', '/v1/sign-up']);
});
