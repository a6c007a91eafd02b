import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Channel, Community } from '../../contracts/nouns.ts';
import type { ClientFrame } from '../../contracts/wire.ts';
import { type GraphqlBody, graphql, type Refusal, rest, type Someone, signUp } from '../support/api.ts';
import { type House, startHouse } from '../support/house.ts';
import { openSocket } from '../support/socket.ts';
import { within } from '../support/wait.ts';
import { anything, broken, objectLike, text } from './garbage.ts';
import { frameFault, graphqlFault, leak, restFault } from './refusals.ts';

let house: House;
let ana: Someone;
let community: Community;
let chat: Channel;

beforeAll(async () => {
  house = await startHouse();
  ana = await signUp(house.base, 'Ana');
  community = await ana.createCommunity('Ordinary things');
  chat = await ana.createChat(community, 'chat');
  for (let i = 0; i < 30; i++) await ana.post(chat, `message ${i}`);
});
afterAll(() => house?.stop());

afterEach(async () => {
  const [server] = house.servers;
  expect(server?.process.exitCode).toBe(null);
  await expect.poll(async () => (await fetch(`${house.base}/readyz`)).status).toBe(200);
  // Nothing that was refused may have looked like a fault of the server to itself.
  expect(server?.said()).not.toMatch(/\b(error|fatal)\b.*(failed|could not be answered|nobody caught)/i);
});

/** A valid frame of each type, to be spoilt. */
function frames(): { [T in ClientFrame['type']]: { type: T; [name: string]: unknown } } {
  const channel = chat.id;
  return {
    hello: { type: 'hello', token: ana.token, resume: { epoch: 'e', places: [{ channel, version: 0 }] } },
    join: { type: 'join', id: 'i', channel, since: 0 },
    leave: { type: 'leave', id: 'i', channel },
    send: { type: 'send', id: 'i', channel, key: 'k', body: 'b', replyTo: 1 },
    edit: { type: 'edit', id: 'i', channel, number: 1, body: 'b' },
    delete: { type: 'delete', id: 'i', channel, number: 2, reason: 'r' },
    restore: { type: 'restore', id: 'i', channel, number: 2, reason: 'r' },
    react: { type: 'react', id: 'i', channel, number: 1, emoji: '👍', on: true },
    pin: { type: 'pin', id: 'i', channel, number: 1, on: true },
    bookmark: { type: 'bookmark', id: 'i', channel, number: 1, on: true },
    draft: { type: 'draft', id: 'i', place: channel, title: '', body: 'b', replyTo: 1 },
    read: { type: 'read', id: 'i', channel, number: 1 },
    typing: { type: 'typing', channel },
    sync: { type: 'sync', id: 'i', channel, since: 0 },
    page: { type: 'page', id: 'i', channel, before: 5, limit: 3 },
    people: { type: 'people', id: 'i', ids: [ana.person.id] },
    watch: { type: 'watch', people: [ana.person.id] },
    ping: { type: 'ping' },
  };
}

test('garbage frames are refused with a code, or the socket is closed with one', { timeout: 120_000 }, async () => {
  const frame = fc.oneof(
    ...Object.values(frames()).flatMap((valid) => [
      objectLike(valid).map((spoilt) =>
        JSON.stringify(typeof spoilt === 'object' && spoilt !== null ? { ...spoilt, type: valid.type } : spoilt),
      ),
      broken(JSON.stringify(valid)),
    ]),
    anything.map((value) => JSON.stringify(value)),
    text,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), fc.boolean(), async (garbage, binary) => {
      const socket = await openSocket(ana.base, ana.token);
      for (const each of garbage) socket.raw.send(binary ? Buffer.from(each) : each);
      // What is answered at once has been answered when this is; unless the socket was closed.
      socket.tell({ type: 'ping' });
      await Promise.race([socket.hear('pong').catch(() => {}), socket.closed]);
      socket.raw.close(1000);
      const { code } = await within(socket.closed, 'the socket to close');
      expect([1000, 1005, 1006].includes(code) || (code >= 4000 && code < 5000), `closed with ${code}`).toBe(true);
      expect(socket.heard.map(frameFault).filter(Boolean)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('garbage GraphQL is refused with a code', { timeout: 120_000 }, async () => {
  const id = Buffer.from(`Channel:${chat.id}`).toString('base64url');
  const documents = [
    '{ me { person { handle name } } }',
    `query ($id: ID!, $n: Int) { channel(id: $id) { messages(first: $n) { nodes { body author { name } } } } }`,
    `mutation { post(channel: "${id}", body: "b", key: "k") { message { number } } }`,
    `mutation ($e: String!) { react(channel: "${id}", number: 1, emoji: $e) { version } }`,
    '{ communities(first: 5, after: "x") { edges { cursor node { discussions(sort: POPULAR) { nodes { name } } } } } }',
    '{ node(id: "x") { id ... on Person { handle } } nodes(ids: []) { id } }',
  ];
  const operation = fc.record({
    query: fc.oneof(...documents.flatMap((document) => [fc.constant(document), broken(document)]), text),
    variables: fc.oneof(objectLike({ id, n: 3, e: '👍' }), anything),
    operationName: fc.option(text, { nil: undefined }),
    extensions: fc.option(anything, { nil: undefined }),
  });
  const body = fc.oneof({ weight: 8, arbitrary: operation }, { weight: 1, arbitrary: anything }, { weight: 1, arbitrary: text });
  await fc.assert(
    fc.asyncProperty(body, async (garbage) => {
      const answer = await rest<GraphqlBody & Refusal>(
        ana.base,
        ana.token,
        'POST',
        '/graphql',
        typeof garbage === 'string' ? garbage : JSON.stringify(garbage),
      );
      expect(graphqlFault(answer)).toBe(null);
    }),
    { numRuns: 500 },
  );
  for (const document of documents.slice(0, 3))
    expect((await graphql(ana.base, ana.token, document, { id, n: 3 })).body?.errors).toBe(undefined);
});

interface Operation {
  name: string;
  method: string;
  path: string;
}

/** Every operation that REST describes, without those that would end the caller's own session. */
async function operations(): Promise<Operation[]> {
  const { body } = await rest<{ paths: { [path: string]: object } }>(ana.base, null, 'GET', '/v1/openapi.json');
  const all = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ name: `${method} ${path}`, method: method.toUpperCase(), path })),
  );
  return all.filter(({ path }) => !/sign-out|devices|\/events|\/me\/password/.test(path));
}

test('garbage REST is refused as a problem with a code', { timeout: 120_000 }, async () => {
  const all = await operations();
  expect(all.length).toBeGreaterThan(50);
  const valid = {
    name: 'n',
    body: 'b',
    title: 't',
    key: randomUUID(),
    email: 'a@example.org',
    password: 'p',
    number: 1,
    person: ana.person.id,
    people: [ana.person.id],
    tags: ['t'],
    role: 'member',
    visibility: 'private',
    replyTo: 1,
    code: 'c',
    refresh: 'r',
    chat_number: 1,
    scopes: ['read'],
    until: 'never',
    archived: 'yes',
  };
  const known: { [name: string]: string } = {
    channel: chat.id,
    community: community.id,
    person: ana.person.id,
    number: '1',
    emoji: '👍',
    id: '1',
  };
  const request = fc.record({
    operation: fc.constantFrom(...all),
    parameters: fc.array(fc.oneof(text, fc.constant(null)), { minLength: 4, maxLength: 4 }),
    query: fc.option(
      fc.dictionary(
        fc.constantFrom('first', 'after', 'before', 'around', 'limit', 'since', 'q', 'ids', 'sort', 'tag', 'mine', 'author', 'x'),
        text,
        { maxKeys: 4 },
      ),
      { nil: {} },
    ),
    body: fc.oneof({ weight: 4, arbitrary: objectLike(valid).map((value) => JSON.stringify(value)) }, { weight: 1, arbitrary: text }),
    headers: fc.constantFrom<{ [name: string]: string }>(
      {},
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/json; charset=nonsense' },
      { 'idempotency-key': 'x'.repeat(300) },
      { 'x-request-id': '\u00ff' },
    ),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ operation, parameters, query, body, headers }) => {
      let filled = 0;
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(wellFormed(parameters[filled++] ?? known[name] ?? '1')),
      );
      const search = new URLSearchParams(query).toString();
      const answer = await rest<Refusal | null>(
        ana.base,
        ana.token,
        operation.method,
        search ? `${path}?${search}` : path,
        operation.method === 'GET' ? undefined : body,
        headers,
      );
      expect(restFault(answer), `${operation.method} ${path}?${search} ${body.slice(0, 200)}`).toBe(null);
    }),
    { numRuns: 1_500 },
  );
});

/** fetch and URLs take no lone surrogates. */
function wellFormed(value: string): string {
  return value.toWellFormed();
}

test('garbage cursors are refused with a code', { timeout: 120_000 }, async () => {
  const lists = [
    '/people',
    '/communities',
    `/communities/${community.id}/members`,
    `/communities/${community.id}/discussions`,
    `/communities/${community.id}/channels`,
    `/channels/${chat.id}/members`,
    `/channels/${chat.id}/pins`,
    '/invitations',
  ];
  const cursor = fc.oneof(
    text,
    fc.base64String({ maxLength: 60 }),
    fc.array(anything, { maxLength: 4 }).map((key) => Buffer.from(JSON.stringify(key)).toString('base64url')),
    anything.map((key) => Buffer.from(JSON.stringify(key) ?? '').toString('base64url')),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), cursor, async (list, after) => {
      const answer = await rest<Refusal | null>(
        ana.base,
        ana.token,
        'GET',
        `/v1${list}?${new URLSearchParams({ after: wellFormed(after) })}`,
      );
      expect(restFault(answer), list).toBe(null);
    }),
    { numRuns: 400 },
  );
});

/** A signature's last letter has bits that say nothing, and what pads it may be there or not. */
function isAsGood(authorization: string): boolean {
  const [, ...parts] = /^bearer +([^.]*)\.([^.]*)\.([^.]*)$/i.exec(authorization) ?? [];
  const [head, claims, signature = ''] = ana.token.split('.');
  return parts[0] === head && parts[1] === claims && Buffer.from(parts[2] ?? '', 'base64url').equals(Buffer.from(signature, 'base64url'));
}

test('garbage tokens are refused with a code, and let nobody in', { timeout: 120_000 }, async () => {
  const [head = '', claims = ''] = ana.token.split('.');
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
  const token = fc.oneof(
    fc.constantFrom(unsigned, `${head}.${claims}.`, `${head}..`, '..', `${ana.token}x`, 'null', ana.refresh),
    broken(ana.token).filter((spoilt) => spoilt !== ana.token),
    fc.base64String({ maxLength: 200 }),
    text,
  );
  await fc.assert(
    fc.asyncProperty(token, fc.constantFrom('Bearer ', 'bearer ', '', 'Basic '), async (spoilt, scheme) => {
      // What a header cannot carry cannot be sent.
      const authorization = `${scheme}${spoilt}`
        .replace(/[^\x20-\x7e]/g, '')
        .trim()
        .slice(0, 6_000);
      if (isAsGood(authorization)) return;
      const answer = await rest<Refusal | null>(ana.base, null, 'GET', '/v1/me', undefined, authorization === '' ? {} : { authorization });
      expect([401, 431].includes(answer.status), `${answer.status} ${answer.text}`).toBe(true);
      if (answer.status === 401) expect(restFault(answer)).toBe(null);
      expect(leak(answer.text)).toBe(null);
    }),
    { numRuns: 300 },
  );
  await expect(openSocket(ana.base, unsigned)).rejects.toThrow('4501');
});
