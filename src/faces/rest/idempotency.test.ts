import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAnswers } from '../../kit/answers.ts';
import { createTestServer, type TestServer } from '../http/testing.ts';

let s: TestServer;
let ana: { token: string; id: string };
let chat: string;

beforeAll(async () => {
  s = await createTestServer();
  ana = await s.someone('Ana');
  await s.ask('POST', '/v1/communities', { token: ana.token, body: { name: 'Town' } });
  chat = (await s.ask('POST', '/v1/communities/town/channels', { token: ana.token, body: { name: 'hall' } })).body['id'];
});
afterAll(() => s.end());

const keyed = (key: string, body: unknown, token = ana.token) => ({ token, body, headers: { 'idempotency-key': key } });

test('the same request is given the first answer again, and nothing happens twice', async () => {
  const first = await s.ask('POST', '/v1/communities', keyed('make-1', { name: 'Once' }));
  const second = await s.ask('POST', '/v1/communities', keyed('make-1', { name: 'Once' }));
  expect(second).toMatchObject({ status: 201, text: first.text });
  expect(second.headers).toMatchObject({
    'idempotency-replayed': 'true',
    location: first.headers['location'],
    'content-type': first.headers['content-type'],
  });
  expect(first.headers['idempotency-replayed']).toBeUndefined();
  const { body } = await s.ask('GET', '/v1/communities?q=once', { token: ana.token });
  expect(body['items']).toHaveLength(1);
});

test('an answer without a body is given again too', async () => {
  const join = async () => s.ask('POST', `/v1/channels/${chat}/typing`, keyed('typing-1', undefined));
  expect((await join()).status).toBe(204);
  expect(await join()).toMatchObject({ status: 204, text: '', headers: { 'idempotency-replayed': 'true' } });
});

test('the same key with another request is refused', async () => {
  await s.ask('POST', '/v1/communities', keyed('make-2', { name: 'Two' }));
  for (const other of [
    await s.ask('POST', '/v1/communities', keyed('make-2', { name: 'Three' })),
    await s.ask('POST', '/v1/groups', keyed('make-2', { name: 'Two', people: [] })),
  ]) {
    expect(other).toMatchObject({ status: 409, body: { code: 'conflict', field: 'Idempotency-Key' } });
  }
});

test('keys of different callers have nothing to do with each other', async () => {
  const ben = await s.someone('Ben');
  const mine = await s.ask('POST', '/v1/communities', keyed('make-3', { name: 'Mine' }));
  const theirs = await s.ask('POST', '/v1/communities', keyed('make-3', { name: 'Theirs' }, ben.token));
  expect([mine.status, theirs.status]).toEqual([201, 201]);
});

test('many at the same moment: one is done, all get its answer', async () => {
  const ask = async () => {
    for (;;) {
      const answer = await s.ask('POST', '/v1/communities', keyed('race-1', { name: 'Race' }));
      // Whoever waited too long comes back, as told.
      if (answer.status !== 503) return answer;
    }
  };
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(new Set(answers.map(({ status, body }) => `${status} ${body['id']}`)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
});

test('the key of a post without one of its own is the key of the message', async () => {
  const posted = await s.ask('POST', `/v1/channels/${chat}/messages`, keyed('m-1', { body: 'hello' }));
  expect(posted.body['message'].key).toBe('m-1');
  await s.sql`delete from idempotent_answers`;
  const again = await s.ask('POST', `/v1/channels/${chat}/messages`, keyed('m-1', { body: 'hello' }));
  expect(again).toMatchObject({ status: 200, body: { repeated: true, number: posted.body['number'] } });
});

test('refusals of substance are kept, refusals of shape are not', async () => {
  const twice = { name: 'Town', slug: 'town' };
  expect((await s.ask('POST', '/v1/communities', keyed('taken-1', twice))).body['code']).toBe('taken');
  expect((await s.ask('POST', '/v1/communities', keyed('taken-1', twice))).headers['idempotency-replayed']).toBe('true');
  expect((await s.ask('POST', '/v1/communities', keyed('shape-1', { name: 1 }))).body['code']).toBe('invalid_input');
  expect((await s.ask('POST', '/v1/communities', keyed('shape-1', { name: 'Shape' }))).status).toBe(201);
});

test('what may differ next time is not kept', async () => {
  const { communities } = s.doors;
  const create = communities.create;
  communities.create = async () => {
    throw new Error('the roof fell in');
  };
  const fallen = await s.ask('POST', '/v1/communities', keyed('roof-1', { name: 'Roof' }));
  communities.create = create;
  expect(fallen.body['code']).toBe('internal');
  expect((await s.ask('POST', '/v1/communities', keyed('roof-1', { name: 'Roof' }))).status).toBe(201);
});

test('neither tokens nor passwords can be read where answers are kept', async () => {
  const body = { name: 'Eve', email: 'eve@example.org', password: 'a very secret phrase' };
  const first = await s.ask('POST', '/v1/sign-up', { body, headers: { 'idempotency-key': 'sign-up-1' } });
  const again = await s.ask('POST', '/v1/sign-up', { body, headers: { 'idempotency-key': 'sign-up-1' } });
  expect(first.status).toBe(201);
  expect(again.text).toBe(first.text);
  const [kept] = await s.sql`select caller, status, body from idempotent_answers where key = 'sign-up-1'`;
  expect(kept).toMatchObject({ status: 201, caller: 'address:192.0.2.1' });
  for (const secret of [first.body['tokens'].refresh, 'eve@example.org', 'secret']) {
    expect(kept?.['body']).not.toContain(secret);
    expect(Buffer.from(kept?.['body'], 'base64').toString('latin1')).not.toContain(secret);
  }
});

test('a request whose process died is begun anew after a minute, and an answer is forgotten after a day', async () => {
  await s.ask('POST', '/v1/communities', keyed('old-1', { name: 'Old' }));
  await s.sql`update idempotent_answers set status = null, body = null, created_at = now() - interval '61 seconds' where key = 'old-1'`;
  expect((await s.ask('POST', '/v1/communities', keyed('old-1', { name: 'Old' }))).headers['idempotency-replayed']).toBeUndefined();
  await s.sql`update idempotent_answers set created_at = now() - interval '25 hours' where key = 'old-1'`;
  expect((await s.ask('POST', '/v1/communities', keyed('old-1', { name: 'Older' }))).status).toBe(201);
  await s.sql`update idempotent_answers set created_at = now() - interval '25 hours' where key = 'old-1'`;
  await createAnswers(s.sql).sweep();
  expect(await s.sql`select 1 from idempotent_answers where key = 'old-1'`).toHaveLength(0);
  expect((await s.sql`select 1 from idempotent_answers`).length).toBeGreaterThan(0);
});

test('one that takes too long makes the others come back', async () => {
  await s.ask('POST', '/v1/communities', keyed('stuck-1', { name: 'Stuck' }));
  await s.sql`update idempotent_answers set status = null, body = null where key = 'stuck-1'`;
  const other = await s.ask('POST', '/v1/communities', keyed('stuck-1', { name: 'Stuck' }));
  expect(other).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true }, headers: { 'retry-after': '1' } });
});

test('a key that is too long or unprintable is refused', async () => {
  for (const key of ['x'.repeat(65), 'a b', '', 'ä']) {
    const { status, body } = await s.ask('POST', '/v1/communities', keyed(key, { name: 'Key' }));
    expect([key, status, body['field']]).toEqual([key, 400, 'Idempotency-Key']);
  }
});
