import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../http/testing.ts';

let s: TestServer;
beforeAll(async () => {
  s = await createTestServer();
});
afterAll(() => s.end());

test('try', async () => {
  const ana = await s.someone('Ana');
  const boss = await s.admin();
  console.log(ana, boss);
  console.log((await s.ask('GET', '/v1/me', { token: ana.token })).text);
  console.log((await s.ask('POST', '/v1/communities', { token: ana.token, body: { name: 'Gärten' } })).text);
  expect(1).toBe(1);
});
