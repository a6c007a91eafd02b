import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Ask, createTestServer, type TestServer } from '../http/testing.ts';
import { createChecker } from './testing.ts';

let s: TestServer;
let checker: ReturnType<typeof createChecker>;
let ana: { token: string; id: string; refresh: string; email: string };
let ben: typeof ana;
let boss: { token: string; id: string };

/** Asks, and holds the answer to the OpenAPI document. */
async function ask(method: string, path: string, more?: Ask): Promise<Answer> {
  const answer = await s.ask(method, path, more);
  const operation = checker.operationOf(method, path.split('?')[0] ?? '');
  if (operation) checker.check(operation, answer.status, answer.headers['content-type'], answer.body);
  return answer;
}

const as = (who: { token: string }, body?: unknown): Ask => ({ token: who.token, ...(body !== undefined && { body }) });

beforeAll(async () => {
  s = await createTestServer();
  checker = createChecker((await s.ask('GET', '/v1/openapi.json')).body as never);
  [ana, ben, boss] = [await s.someone('Ana'), await s.someone('Ben'), await s.admin()];
});
afterAll(() => s.end());

describe('accounts', () => {
  test('signing up answers 201, where the person is, and tokens', async () => {
    const { status, headers, body } = await ask('POST', '/v1/sign-up', {
      body: { name: 'Cleo', email: 'cleo@example.org', password: 'a long pass phrase', handle: 'cleo' },
    });
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/people/${body.person.id}`);
    expect((await ask('GET', headers['location'] ?? '', { token: body.tokens.access })).body['handle']).toBe('cleo');
  });

  test('a taken address is refused with the field that is wrong', async () => {
    const { status, body } = await ask('POST', '/v1/sign-up', { body: { name: 'Ana', email: ana.email, password: 'a long pass phrase' } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'taken', field: 'email', retryable: false });
  });

  test('signing in, refreshing, and out again', async () => {
    const wrong = await ask('POST', '/v1/sign-in', { body: { email: ben.email, password: 'not this one' } });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } });
    expect(wrong.headers['www-authenticate']).toContain('Bearer');
    const first = await ask('POST', '/v1/sign-in', { body: { email: ben.email, password: 'a long pass phrase', deviceName: 'laptop' } });
    const second = await ask('POST', '/v1/refresh', { body: { refresh: first.body['tokens'].refresh } });
    expect(second.status).toBe(200);
    const { token } = { token: second.body['tokens'].access };
    const devices = await ask('GET', '/v1/devices', { token });
    expect(devices.body['items'].find((one: { current: boolean }) => one.current).name).toBe('laptop');
    const out = await ask('POST', '/v1/sign-out', { token });
    expect(out.body['signedOut']).toEqual([first.body['device'].id]);
    expect((await ask('GET', '/v1/me', { token })).body['code']).toBe('unauthenticated');
  });

  test('a device of mine is signed out by its address', async () => {
    const other = await ask('POST', '/v1/sign-in', { body: { email: ben.email, password: 'a long pass phrase' } });
    expect((await ask('DELETE', `/v1/devices/${other.body['device'].id}`, as(ben))).status).toBe(204);
    expect((await ask('GET', '/v1/me', { token: other.body['tokens'].access })).status).toBe(401);
  });

  test('my profile is mine to change', async () => {
    const changed = await ask('PATCH', '/v1/me', as(ana, { about: 'Grows tomatoes.', interests: ['gardening'] }));
    expect(changed.body).toMatchObject({ id: ana.id, about: 'Grows tomatoes.' });
    expect((await ask('GET', '/v1/me', as(ana))).body).toMatchObject({
      account: { email: ana.email, role: 'member' },
      person: { about: 'Grows tomatoes.' },
    });
  });

  test('passwords and codes', async () => {
    const dora = await s.someone('Dora');
    const wrong = await ask('PUT', '/v1/me/password', as(dora, { current: 'nonsense', next: 'another pass phrase' }));
    expect(wrong.status).toBe(401);
    expect((await ask('PUT', '/v1/me/password', as(dora, { current: 'a long pass phrase', next: 'another pass phrase' }))).status).toBe(
      204,
    );
    expect((await ask('POST', '/v1/forgot-password', { body: { email: 'nobody@example.org' } })).status).toBe(202);
    const reset = await ask('POST', '/v1/reset-password', { body: { email: dora.email, code: '000000', password: 'yet another phrase' } });
    expect(reset.body['code']).toBe('wrong_code');
    const again = await ask('POST', '/v1/sign-in', { body: { email: dora.email, password: 'another pass phrase' } });
    const token = again.body['tokens'].access;
    expect((await ask('POST', '/v1/me/email-code', { token })).status).toBe(202);
    expect((await ask('POST', '/v1/me/verify-email', { token, body: { code: '000000' } })).body['code']).toBe('wrong_code');
  });

  test('roles are given by admins', async () => {
    expect((await ask('PUT', `/v1/people/${ben.id}/role`, as(ana, { role: 'admin' }))).body['code']).toBe('forbidden');
    expect((await ask('PUT', `/v1/people/${ben.id}/role`, as(boss, { role: 'moderator' }))).body['role']).toBe('moderator');
    expect((await ask('PUT', `/v1/people/${ben.id}/role`, as(boss, { role: 'member' }))).body['role']).toBe('member');
  });

  test('an expired or invented token is refused, but renewing needs none', async () => {
    expect((await ask('GET', '/v1/me')).body['code']).toBe('unauthenticated');
    expect((await ask('GET', '/v1/me', { token: 'nonsense' })).body['code']).toBe('unauthenticated');
    expect((await ask('GET', '/v1/me', { headers: { authorization: 'Basic YTpi' } })).status).toBe(401);
  });
});

describe('people', () => {
  test('are found by part of a name, by id, by handle, and many at once', async () => {
    expect((await ask('GET', '/v1/people?q=an', as(ben))).body['items'].map((one: { id: string }) => one.id)).toContain(ana.id);
    expect((await ask('GET', `/v1/people/${ana.id}`, as(ben))).body['name']).toBe('Ana');
    expect((await ask('GET', '/v1/people/@ana', as(ben))).body['id']).toBe(ana.id);
    const many = await ask('GET', `/v1/people?ids=${ana.id},1,nonsense,${ben.id}`, as(ben));
    expect(many.body['items'].map((one: { id: string }) => one.id)).toEqual([ana.id, ben.id]);
    expect((await ask('GET', '/v1/people/nobody-here', as(ben))).status).toBe(404);
  });
});

describe('lists', () => {
  test('go on by `next` and by Link, until there is no more', async () => {
    for (const name of ['Kites', 'Lamps', 'Masks']) await ask('POST', '/v1/communities', as(ana, { name, tags: ['paged'] }));
    const found: string[] = [];
    let path: string | undefined = '/v1/communities?tag=paged&first=2';
    let pages = 0;
    while (path) {
      const { body, headers }: Answer = await ask('GET', path, as(ana));
      found.push(...body['items'].map((one: { name: string }) => one.name));
      const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      if (body['next'] === null) expect(link).toBeUndefined();
      else expect(new URL(link ?? '', 'http://x').searchParams.get('after')).toBe(body['next']);
      path = link;
      pages++;
    }
    expect(pages).toBe(2);
    expect(found.sort()).toEqual(['Kites', 'Lamps', 'Masks']);
  });

  test('a cursor of another list and a size out of range are refused by name', async () => {
    expect((await ask('GET', '/v1/communities?after=nonsense', as(ana))).body).toMatchObject({ code: 'invalid_input', field: 'after' });
    expect((await ask('GET', '/v1/communities?first=1000', as(ana))).body).toMatchObject({ code: 'invalid_input', field: 'first' });
    expect((await ask('GET', '/v1/communities?first=x', as(ana))).body).toMatchObject({ code: 'invalid_input', field: 'first' });
  });
});

describe('communities', () => {
  test('are made, read by id and slug, changed and listed', async () => {
    const made = await ask('POST', '/v1/communities', as(ana, { name: 'Balcony gardens', tags: ['gardening'] }));
    expect(made).toMatchObject({ status: 201, body: { slug: 'balcony-gardens', members: 1, role: 'owner' } });
    expect(made.headers['location']).toBe(`/v1/communities/${made.body['id']}`);
    expect((await ask('GET', '/v1/communities/balcony-gardens', as(ben))).body).toMatchObject({ id: made.body['id'], role: null });
    expect((await ask('PATCH', '/v1/communities/balcony-gardens', as(ben, { name: 'Mine' }))).body).toMatchObject({
      code: 'forbidden',
      rule: expect.any(String),
    });
    expect((await ask('PATCH', '/v1/communities/balcony-gardens', as(ana, { description: 'Pots.' }))).body['description']).toBe('Pots.');
    expect((await ask('GET', '/v1/communities?q=balcony&mine=true', as(ana))).body['items']).toHaveLength(1);
    expect((await ask('GET', '/v1/communities?q=balcony&mine=true', as(ben))).body['items']).toHaveLength(0);
  });

  test('members join, leave, are invited, given roles, removed and banned', async () => {
    const { body: town } = await ask('POST', '/v1/communities', as(ana, { name: 'Secret town', visibility: 'private' }));
    const at = `/v1/communities/${town['id']}`;
    expect((await ask('GET', at, as(ben))).status).toBe(404);
    expect((await ask('PUT', `${at}/invitations/${ben.id}`, as(ana))).status).toBe(204);
    expect((await ask('GET', '/v1/invitations', as(ben))).body['items'][0].invitedBy).toBe(ana.id);
    expect((await ask('DELETE', `/v1/invitations/${town['id']}`, as(ben))).status).toBe(204);
    await ask('PUT', `${at}/invitations/${ben.id}`, as(ana));
    expect((await ask('POST', `/v1/invitations/${town['id']}/accept`, as(ben))).body).toMatchObject({ role: 'member', members: 2 });
    expect((await ask('PATCH', `${at}/members/${ben.id}`, as(ana, { role: 'moderator' }))).status).toBe(204);
    const { body: members } = await ask('GET', `${at}/members`, as(ben));
    expect(members['items'].map((one: { person: { id: string }; role: string }) => [one.person.id, one.role])).toContainEqual([
      ben.id,
      'moderator',
    ]);
    expect((await ask('DELETE', `${at}/members/${ben.id}`, as(ana))).status).toBe(204);
    expect((await ask('GET', at, as(ben))).status).toBe(404);
    expect((await ask('PUT', `${at}/bans/${ben.id}`, as(ana, { reason: 'noise' }))).status).toBe(204);
    expect((await ask('DELETE', `${at}/bans/${ben.id}`, as(ana))).status).toBe(204);

    const { body: open } = await ask('POST', '/v1/communities', as(ana, { name: 'Open town' }));
    expect((await ask('PUT', `/v1/communities/${open['id']}/members/me`, as(ben))).body['role']).toBe('member');
    expect((await ask('DELETE', `/v1/communities/${open['id']}/members/me`, as(ben))).status).toBe(204);
  });
});

describe('conversations', () => {
  test('a discussion and its comments', async () => {
    await ask('POST', '/v1/communities', as(ana, { name: 'Tomatoes' }));
    const started = await ask(
      'POST',
      '/v1/communities/tomatoes/discussions',
      as(ana, { title: 'Wind?', body: 'Fourth floor.', tags: ['wind'] }),
    );
    expect(started).toMatchObject({ status: 201, body: { channel: { kind: 'discussion', name: 'Wind?' }, message: { number: 1 } } });
    const at = started.headers['location'] ?? '';
    await ask('PUT', '/v1/communities/tomatoes/members/me', as(ben));
    expect((await ask('POST', `${at}/messages`, as(ben, { body: 'A hedge.', replyTo: 1 }))).body['message']).toMatchObject({
      number: 2,
      replyTo: 1,
    });
    const { body } = await ask('GET', '/v1/communities/tomatoes/discussions?sort=popular&tag=wind', as(ben));
    expect(body['items']).toMatchObject([{ comments: 1, excerpt: 'Fourth floor.', channel: { id: started.body['channel'].id } }]);
    expect((await ask('PUT', `${at}/accepted`, as(ben, { number: 2 }))).body['code']).toBe('forbidden');
    expect((await ask('PUT', `${at}/accepted`, as(ana, { number: 2 }))).body).toMatchObject({ kind: 'discussion', accepted: 2 });
    expect((await ask('PUT', `${at}/accepted`, as(ana, { number: null }))).body['accepted']).toBeNull();
  });

  test('messages of a chat become a discussion, and calls are counted until they are read', async () => {
    const community = await ask('POST', '/v1/communities', as(ana, { name: 'Bees' }));
    await ask('PUT', '/v1/communities/bees/members/me', as(ben));
    const made = await ask('POST', '/v1/communities/bees/channels', as(ana, { name: 'hive' }));
    const at = made.headers['location'] ?? '';
    const me = (await ask('GET', '/v1/me', as(ben))).body['person'];
    const posted = await ask('POST', `${at}/messages`, as(ana, { body: `Look, @${me.handle}!` }));
    expect(posted.body['message']).toMatchObject({ mentions: [ben.id], link: null });
    expect((await ask('GET', at, as(ben))).body).toMatchObject({ number: 1, read: 0, mentions: 1 });
    const mine = (await ask('GET', '/v1/channels', as(ben))).body['items'];
    expect(mine.find((one: { channel: { id: string } }) => one.channel.id === made.body['id'])).toMatchObject({ mentions: 1 });

    const asked = { numbers: [1], community: community.body['id'], title: 'A swarm' };
    const discussion = await ask('POST', `${at}/discussions`, as(ben, asked));
    expect(discussion).toMatchObject({ status: 201, body: { channel: { name: 'A swarm' }, message: { number: 1 } } });
    const link = { channel: discussion.body['channel'].id, number: 2 };
    expect((await ask('GET', `${at}/messages/1`, as(ana))).body['link']).toEqual(link);
  });

  test('a chat: posting, paging both ways, syncing, one message', async () => {
    await ask('POST', '/v1/communities', as(ana, { name: 'Seeds' }));
    const made = await ask('POST', '/v1/communities/seeds/channels', as(ana, { name: 'swap', topic: 'Who has, who wants' }));
    expect(made.status).toBe(201);
    const at = made.headers['location'] ?? '';
    const chats = await ask('GET', '/v1/communities/seeds/channels', as(ana));
    expect(chats.body['items'].map((one: { name: string }) => one.name)).toContain('swap');
    for (let n = 1; n <= 7; n++) {
      const posted = await ask('POST', `${at}/messages`, as(ana, { body: `message ${n}`, key: `k${n}` }));
      expect(posted).toMatchObject({ status: 201, body: { number: n, version: n, repeated: false } });
      expect(posted.headers['location']).toBe(`${at}/messages/${n}`);
    }
    const again = await ask('POST', `${at}/messages`, as(ana, { body: 'other words', key: 'k3' }));
    expect(again).toMatchObject({ status: 200, body: { number: 3, repeated: true, message: { body: 'message 3' } } });

    const last = await ask('GET', `${at}/messages?limit=3`, as(ana));
    expect(last.body['items'].map((one: { number: number }) => one.number)).toEqual([5, 6, 7]);
    expect(last.headers['link']).toBe(`<${at}/messages?limit=3&before=5>; rel="prev"`);
    const middle = await ask('GET', `${at}/messages?limit=3&before=5`, as(ana));
    expect(middle.body['items'].map((one: { number: number }) => one.number)).toEqual([2, 3, 4]);
    expect(middle.headers['link']).toBe(`<${at}/messages?limit=3&after=4>; rel="next", <${at}/messages?limit=3&before=2>; rel="prev"`);
    expect((await ask('GET', `${at}/messages?around=4&limit=3`, as(ana))).body['more']).toEqual({ before: true, after: true });
    expect((await ask('GET', `${at}/messages?before=2&after=1`, as(ana))).body['code']).toBe('invalid_input');
    expect((await ask('GET', `${at}/messages/4`, as(ana))).body['body']).toBe('message 4');
    expect((await ask('GET', `${at}/messages/99`, as(ana))).status).toBe(404);
    expect((await ask('GET', `${at}/messages`, as(ana))).body['head']).toMatchObject({ number: 7, version: 7 });

    const changes = await ask('GET', `${at}/changes?since=5`, as(ana));
    expect(changes.body).toMatchObject({ version: 7, gap: false, items: [{ number: 6 }, { number: 7 }] });
    expect((await ask('PUT', `${at}/read`, as(ana, { number: 6 }))).body['number']).toBe(7);
    expect((await ask('GET', at, as(ana))).body).toMatchObject({ number: 7, version: 7, read: 7 });
    expect((await ask('POST', `${at}/typing`, as(ana))).status).toBe(204);
    expect((await ask('PATCH', at, as(ana, { topic: 'Seeds only' }))).body['topic']).toBe('Seeds only');
    expect((await ask('GET', '/v1/channels', as(ana))).body['items'].map((one: { channel: { id: string } }) => one.channel.id)).toContain(
      made.body['id'],
    );
  });

  test('editing, deleting, reacting, pinning, history, readers', async () => {
    const direct = await ask('POST', '/v1/directs', as(ana, { person: ben.id }));
    expect((await ask('POST', '/v1/directs', as(ben, { person: ana.id }))).body['id']).toBe(direct.body['id']);
    const at = `/v1/channels/${direct.body['id']}`;
    await ask('POST', `${at}/messages`, as(ana, { body: 'first' }));
    expect((await ask('PATCH', `${at}/messages/1`, as(ben, { body: 'mine' }))).body['code']).toBe('forbidden');
    expect((await ask('PATCH', `${at}/messages/1`, as(ana, { body: 'second' }))).body).toMatchObject({
      version: 2,
      message: { body: 'second' },
    });
    expect((await ask('GET', `${at}/messages/1/revisions`, as(ana))).body['items']).toMatchObject([{ body: 'first' }]);
    const thumb = encodeURIComponent('👍');
    expect((await ask('PUT', `${at}/messages/1/reactions/${thumb}`, as(ben))).body['message'].reactions).toEqual([
      { emoji: '👍', count: 1 },
    ]);
    expect((await ask('GET', `${at}/messages/1/reactions/${thumb}`, as(ana))).body['items']).toMatchObject([{ id: ben.id }]);
    expect((await ask('GET', `${at}/messages`, as(ben))).body['mine']).toEqual([{ number: 1, emoji: ['👍'], bookmarked: false }]);
    expect((await ask('DELETE', `${at}/messages/1/reactions/${thumb}`, as(ben))).body['message'].reactions).toEqual([]);
    expect((await ask('PUT', `${at}/messages/1/pin`, as(ana))).body['message'].pinnedAt).not.toBeNull();
    expect((await ask('GET', `${at}/pins`, as(ben))).body['items']).toMatchObject([{ number: 1 }]);
    expect((await ask('DELETE', `${at}/messages/1/pin`, as(ana))).body['message'].pinnedAt).toBeNull();
    await ask('PUT', `${at}/read`, as(ben, { number: 1 }));
    const readers = await ask('GET', `${at}/messages/1/readers`, as(ana));
    expect(readers.body['items'].map((one: { person: string }) => one.person)).toContain(ben.id);
    expect((await ask('DELETE', `${at}/messages/1?reason=oops`, as(ana))).body['message']).toMatchObject({ body: null });
    expect((await ask('POST', `${at}/messages/1/restore`, as(ben, {}))).body['code']).toBe('forbidden');
    expect((await ask('POST', `${at}/messages/1/restore`, as(ana, { reason: 'all right' }))).body['message']).toMatchObject({
      body: 'second',
      deletedAt: null,
    });
  });

  test('a group and its members', async () => {
    const cara = await s.someone('Cara');
    const made = await ask('POST', '/v1/groups', as(ana, { name: 'Picnic', people: [ben.id] }));
    const at = made.headers['location'] ?? '';
    expect(made).toMatchObject({ status: 201, body: { kind: 'group', name: 'Picnic' } });
    expect((await ask('GET', at, as(cara))).status).toBe(404);
    expect((await ask('PUT', `${at}/members/${cara.id}`, as(ana))).status).toBe(204);
    expect((await ask('GET', `${at}/members`, as(cara))).body['items']).toHaveLength(3);
    expect((await ask('DELETE', `${at}/members/me`, as(cara))).status).toBe(204);
    expect((await ask('GET', at, as(cara))).status).toBe(404);
  });
});

describe('applications', () => {
  test('[E5] chats are numbered 1…n, their messages 1…n, the counts are exact, and all of it by the token', async () => {
    expect((await ask('POST', '/v1/applications', as(ana, { name: 'Desk' }))).body['code']).toBe('forbidden');
    const made = await ask('POST', '/v1/applications', as(boss, { name: 'Desk' }));
    expect(made).toMatchObject({ status: 201, body: { name: 'Desk', chats_count: 0, token: expect.any(String) } });
    const desk = { token: made.body['token'] as string };
    const at = `/v1/applications/${made.body['id']}`;
    expect(made.headers['location']).toBe(at);
    expect((await ask('GET', at, as(desk))).body).not.toHaveProperty('token');
    for (const number of [1, 2]) {
      const chat = await ask('POST', `${at}/chats`, as(desk, number === 1 ? { name: 'Printer' } : undefined));
      expect(chat).toMatchObject({ status: 201, body: { number, messages_count: 0 } });
      expect(chat.headers['location']).toBe(`${at}/chats/${number}`);
    }
    for (const number of [1, 2, 3]) {
      const written = await ask('POST', `${at}/chats/1/messages`, as(desk, { body: `The printer is on fire, ${number}` }));
      expect(written).toMatchObject({ status: 202, body: { number, chat_number: 1 } });
    }
    expect(await ask('POST', '/v1/messages', as(desk, { chat_number: 2, body: 'Hello there' }))).toMatchObject({
      status: 202,
      body: { number: 1, chat_number: 2 },
    });
    expect((await ask('POST', '/v1/messages', as(desk, { chat_number: 3, body: 'Nowhere' }))).status).toBe(404);

    expect((await ask('GET', '/v1/applications/me', as(desk))).body).toMatchObject({ id: made.body['id'], chats_count: 2 });
    expect((await ask('GET', `${at}/chats/1`, as(desk))).body).toMatchObject({ name: 'Printer', messages_count: 3 });
    expect((await ask('GET', `${at}/chats?first=1`, as(desk))).body).toMatchObject({ items: [{ number: 1 }], next: expect.any(String) });
    const page = await ask('GET', `${at}/chats/1/messages?first=2`, as(desk));
    expect(page.body).toMatchObject({ items: [{ number: 1 }, { number: 2 }], next: '2' });
    expect((await ask('GET', `${at}/chats/1/messages?first=2&after=${page.body['next']}`, as(desk))).body).toMatchObject({
      items: [{ number: 3 }],
      next: null,
    });
    expect((await ask('GET', `${at}/chats/1/messages/search?q=prin+fir`, as(desk))).body['items']).toHaveLength(3);
    expect((await ask('GET', `${at}/chats/2/messages/search?q=prin`, as(desk))).body['items']).toHaveLength(0);

    expect((await ask('PATCH', at, as(boss, { name: 'Help desk' }))).body['name']).toBe('Help desk');
    expect((await ask('GET', '/v1/applications', as(boss))).body['items'].map((one: { name: string }) => one.name)).toContain('Help desk');
    const further = await ask('POST', `${at}/tokens`, as(boss, { name: 'reader', scopes: ['read'] }));
    expect(further.status).toBe(201);
    const reader = { token: further.body['token'] as string };
    expect((await ask('POST', `${at}/chats`, as(reader, {}))).body['code']).toBe('forbidden');
    expect((await ask('GET', `${at}/tokens`, as(boss))).body['items']).toHaveLength(2);
    expect((await ask('DELETE', `${at}/tokens/${further.body['id']}`, as(boss))).status).toBe(204);
    expect((await ask('GET', `${at}/chats/1`, as(reader))).status).toBe(401);
  });

  test("another application's things are not there", async () => {
    const [one, two] = [
      await ask('POST', '/v1/applications', as(boss, { name: 'One' })),
      await ask('POST', '/v1/applications', as(boss, { name: 'Two' })),
    ];
    const mine = { token: one.body['token'] as string };
    const theirs = `/v1/applications/${two.body['id']}`;
    const chat = await ask('POST', `${theirs}/chats`, as({ token: two.body['token'] as string }, {}));
    const asks: [string, string, unknown?][] = [
      ['GET', theirs],
      ['GET', `${theirs}/chats`],
      ['GET', `${theirs}/chats/1`],
      ['POST', `${theirs}/chats`, {}],
      ['GET', `${theirs}/chats/1/messages`],
      ['POST', `${theirs}/chats/1/messages`, { body: 'x' }],
      ['GET', `${theirs}/chats/1/messages/search?q=x`],
      ['GET', `/v1/channels/${chat.body['channel_id']}`],
      ['POST', `/v1/channels/${chat.body['channel_id']}/messages`, { body: 'x' }],
      ['GET', `/v1/people/${ana.id}`],
    ];
    for (const [method, path, body] of asks)
      expect([method, path, (await ask(method, path, as(mine, body))).status]).toEqual([method, path, 404]);
  });
});

describe('the place', () => {
  test('says to anybody what it is, whether an admin is wanted, and never what was', async () => {
    expect((await ask('GET', '/v1/place')).body).toEqual({ id: '1', name: 'Plaza', adminWanted: false, mayCreateCommunity: false });
    expect((await ask('GET', '/v1/place', as(ana))).body['mayCreateCommunity']).toBe(true);
    await s.sql`update accounts set role = 'member' where role = 'admin'`;
    expect((await ask('GET', '/v1/place')).body['adminWanted']).toBe(true);
    await s.sql`update accounts a set role = 'admin' from people p where p.account = a.id and p.id = ${boss.id}`;
    await ask('PATCH', '/v1/applications/1', as(boss, { name: 'Agora' }));
    expect((await ask('GET', '/v1/place')).body).toMatchObject({ name: 'Agora', adminWanted: false });
    await ask('PATCH', '/v1/applications/1', as(boss, { name: 'Plaza' }));
  });

  test('has news and tags, and says what one may do in a community and a channel', async () => {
    const made = (await ask('POST', '/v1/communities', as(ana, { name: 'Newsroom', tags: ['press'] }))).body;
    const started = await ask('POST', `/v1/communities/${made.id}/discussions`, as(ana, { title: 'Today', body: 'So?', tags: ['front'] }));
    expect((await ask('GET', '/v1/news?first=1')).body['items'][0].channel.name).toBe('Today');
    expect((await ask('GET', '/v1/tags?first=100')).body['items']).toContain('press');
    expect((await ask('GET', `/v1/communities/${made.slug}/discussion-tags`)).body['items']).toEqual(['front']);
    expect((await ask('GET', `/v1/communities/${made.id}`, as(ben))).body['may']).toMatchObject({ join: true, moderate: false });
    expect((await ask('GET', `/v1/channels/${started.body.channel.id}`, as(ana))).body['may']).toMatchObject({ post: true, accept: true });
  });

  test('keeps what is done to members, with its reason, for those who keep order', async () => {
    const made = (await ask('POST', '/v1/communities', as(ana, { name: 'Orderly' }))).body;
    const at = `/v1/communities/${made.id}`;
    await ask('PUT', `${at}/members/me`, as(ben));
    expect((await ask('GET', `${at}/moderation-actions`, as(ben))).body).toMatchObject({
      code: 'forbidden',
      rule: 'only-moderators-audit',
    });
    await ask('PATCH', `${at}/members/${ben.id}`, as(ana, { role: 'moderator', reason: 'kind' }));
    expect((await ask('DELETE', `${at}/members/${ben.id}?reason=a%20pause`, as(ana))).status).toBe(204);
    const dora = { name: 'Dora', email: 'dora@example.org', password: 'a long pass phrase' };
    const { id: later } = (await ask('POST', '/v1/sign-up', { body: dora })).body['person'];
    await ask('PUT', `${at}/bans/${later}`, as(ana, {}));
    await ask('PUT', `${at}/bans/${ben.id}`, as(ana, { reason: 'came back' }));
    const { body: newest } = await ask('GET', `${at}/bans?first=1`, as(ana));
    expect(newest['items']).toMatchObject([{ person: { id: ben.id }, reason: 'came back' }]);
    const { body: next } = await ask('GET', `${at}/bans?first=1&after=${newest['next']}`, as(ana));
    expect(next).toMatchObject({ items: [{ person: { id: later } }], next: null });
    expect((await ask('GET', `${at}/bans`, as(ben))).body['code']).toBe('forbidden');
    expect((await ask('DELETE', `${at}/bans/${ben.id}?reason=peace`, as(ana))).status).toBe(204);
    expect((await ask('DELETE', `${at}/bans/${ben.id}?reason=${'x'.repeat(501)}`, as(ana))).body).toMatchObject({ field: 'reason' });
    const kept = await ask('GET', `${at}/moderation-actions`, as(ana));
    expect(kept.body['items'].map(({ kind, reason }: Record<string, string>) => [kind, reason])).toEqual([
      ['member_unbanned', 'peace'],
      ['member_banned', 'came back'],
      ['member_banned', ''],
      ['member_removed', 'a pause'],
      ['role_changed', 'kind'],
    ]);
  });
});

describe('what is mine alone', () => {
  test('bookmarks', async () => {
    const direct = await ask('POST', '/v1/directs', as(ana, { person: ben.id }));
    const channel: string = direct.body['id'];
    const at = `/v1/channels/${channel}`;
    const { number } = (await ask('POST', `${at}/messages`, as(ana, { body: 'to be found again' }))).body;
    expect((await ask('PUT', `${at}/messages/${number}/bookmark`, as(ben))).body).toMatchObject({ message: { channel, number }, on: true });
    expect((await ask('GET', `${at}/messages?limit=1`, as(ben))).body['mine']).toEqual([{ number, emoji: [], bookmarked: true }]);
    expect((await ask('GET', `${at}/messages?limit=1`, as(ana))).body['mine']).toEqual([]);
    const list = await ask('GET', '/v1/me/bookmarks', as(ben));
    expect(list.body).toMatchObject({ items: [{ message: { number, body: 'to be found again' } }], next: null });
    expect((await ask('DELETE', `${at}/messages/${number}/bookmark`, as(ben))).body).toMatchObject({ on: false });
    expect((await ask('GET', '/v1/me/bookmarks', as(ben))).body['items']).toEqual([]);
    expect((await ask('GET', '/v1/me/bookmarks')).status).toBe(401);
    expect((await ask('PUT', `${at}/messages/${number}/bookmark`, as(boss))).status).toBe(404);
  });

  test('drafts', async () => {
    const place: string = (await ask('POST', '/v1/directs', as(ana, { person: ben.id }))).body['id'];
    const at = `/v1/me/drafts/${place}`;
    expect((await ask('GET', at, as(ben))).status).toBe(404);
    expect((await ask('PUT', at, as(ben, { body: 'Dear', replyTo: 1 }))).body).toMatchObject({
      place,
      title: '',
      body: 'Dear',
      replyTo: 1,
    });
    expect((await ask('GET', at, as(ben))).body).toMatchObject({ body: 'Dear' });
    expect((await ask('GET', '/v1/me/drafts', as(ben))).body['items']).toMatchObject([{ place, body: 'Dear' }]);
    expect((await ask('PUT', at, as(ben, { body: 'Dear', title: 'No title here' }))).body).toMatchObject({ field: 'title' });
    expect((await ask('PUT', at, as(boss, { body: 'Dear' }))).status).toBe(404);
    expect((await ask('DELETE', at, as(ben))).status).toBe(204);
    expect((await ask('GET', '/v1/me/drafts', as(ben))).body['items']).toEqual([]);
    expect((await ask('GET', '/v1/me/drafts')).status).toBe(401);
  });

  test('a status', async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const { body } = await ask('PATCH', '/v1/me', as(ben, { status: { emoji: '🌴', text: 'Away', until } }));
    expect(body['status']).toEqual({ emoji: '🌴', text: 'Away', until });
    expect((await ask('PATCH', '/v1/me', as(ben, { status: { emoji: 'palm' } }))).body).toMatchObject({ field: 'status' });
    expect((await ask('PATCH', '/v1/me', as(ben, { status: null }))).body['status']).toBeNull();
  });

  test('a picture is sent as it is, and served for good under its own address', async () => {
    const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    const put = (body: unknown, type: string, more = {}) =>
      ask('PUT', '/v1/me/avatar', { ...as(ben, body), headers: { 'content-type': type, ...more } });
    const { status, body } = await put(png, 'image/png');
    expect([status, body['avatar']]).toEqual([200, expect.stringMatching(/^\/avatars\/[0-9a-f]{64}$/)]);
    const seen = await ask('GET', body['avatar']);
    expect(seen).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'image/webp',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      },
    });
    const again = await ask('GET', body['avatar'], { headers: { 'if-none-match': seen.headers['etag'] ?? '' } });
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', seen.headers['etag']]);
    expect((await ask('HEAD', body['avatar'])).status).toBe(200);

    expect((await put('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml')).body).toMatchObject({
      code: 'invalid_input',
      field: 'image',
    });
    expect((await put({}, 'application/json')).body).toMatchObject({ code: 'invalid_input', field: 'image' });
    expect((await put(png, 'application/octet-stream')).status).toBe(415);
    expect((await ask('POST', '/v1/groups', { token: ben.token, body: png, headers: { 'content-type': 'image/png' } })).status).toBe(415);
    expect((await put(Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)]), 'image/png')).status).toBe(413);
    expect((await ask('PUT', '/v1/me/avatar', { body: png, headers: { 'content-type': 'image/png' } })).status).toBe(401);

    const key = { 'idempotency-key': 'picture' };
    expect((await put(png, 'image/png', key)).headers['idempotency-replayed']).toBeUndefined();
    expect((await put(png, 'image/png', key)).headers['idempotency-replayed']).toBe('true');
    expect((await put(png.subarray(1), 'image/png', key)).status).toBe(409);

    expect((await ask('PATCH', '/v1/me', as(ben, { avatar: 'https://example.org/a.png' }))).status).toBe(400);
    expect((await ask('PATCH', '/v1/me', as(ben, { avatar: null }))).body['avatar']).toBeNull();
    expect((await ask('GET', body['avatar'])).status).toBe(404);
    expect((await ask('GET', '/avatars/..%2f..%2fetc%2fpasswd')).status).toBe(404);
  });
});

test('every operation of the document was asked and answered well', () => {
  // These need a code that only goes by mail; events are the socket face's.
  const byMail = ['postResetPassword', 'postMeVerifyEmail', 'postFirstAdmin', 'getEvents'];
  const operations = Object.values(checkedPaths()).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId));
  expect(operations.filter((name) => !checker.answered.has(name) && !byMail.includes(name))).toEqual([]);
});

function checkedPaths() {
  return (s.server.app.swagger() as unknown as { paths: Record<string, Record<string, { operationId: string }>> }).paths;
}
