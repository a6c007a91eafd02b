import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { admin, type Installation, installation, refusal, someone } from '../accounts/testing.ts';
import { guest, type Who } from '../policy/index.ts';

let plaza: Installation;
let boss: Who;
beforeAll(async () => {
  plaza = await installation();
  boss = await admin(plaza);
});
afterAll(() => plaza.end());

const as = (token: string) => plaza.accounts.authenticate(token, '192.0.2.5');
const [forbidden, missing] = [refusal('forbidden'), refusal('not_found')];

test('an application is made with its bot and a token that is shown once', async () => {
  const { application, token } = await plaza.applications.create(boss, { name: ' The  Shop ' });
  expect(application).toMatchObject({ name: 'The Shop', chatsCount: 0 });
  expect(token).toMatch(/^plaza_app_[\w-]{43}$/);
  const who = await as(token);
  expect(who).toMatchObject({
    application: application.id,
    role: 'application',
    account: null,
    device: null,
    scopes: ['read', 'write', 'people'],
    person: { name: 'The Shop', handle: 'the-shop', bot: true },
    address: '192.0.2.5',
  });
  expect(await plaza.accounts.expiresAt(token)).toBeNull();
  const kept = await plaza.sql`select * from application_tokens where application = ${application.id}`;
  expect(JSON.stringify(kept)).not.toContain(token.slice(10));
});

test('admins of the place list, get and change them', async () => {
  const made = [];
  for (const name of ['A', 'B', 'C']) made.push((await plaza.applications.create(boss, { name })).application);
  const names: string[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const page = await plaza.applications.list(boss, { first: 2, after });
    names.push(...page.items.map(({ node }) => node.name));
    after = page.items.at(-1)?.cursor;
    more = page.hasNext;
  }
  expect(names[0]).toBe('Plaza');
  expect(names.slice(-3)).toEqual(['A', 'B', 'C']);
  const id = made[0]?.id ?? '';
  const changed = await plaza.applications.change(boss, { id, name: 'A2' });
  expect(changed.name).toBe('A2');
  expect(Date.parse(changed.updatedAt)).toBeGreaterThan(Date.parse(changed.createdAt));
  expect(await plaza.applications.get(boss, id)).toEqual(changed);
});

test('chatsCount is the last number given', async () => {
  const { application } = await plaza.applications.create(boss, { name: 'Counting' });
  await plaza.sql`update applications set last_chat_number = 7 where id = ${application.id}`;
  expect((await plaza.applications.get(boss, application.id)).chatsCount).toBe(7);
});

describe('tokens', () => {
  test('have scopes and an end, are listed and revoked', async () => {
    const { application, token: first } = await plaza.applications.create(boss, { name: 'Tokens' });
    const end = new Date(Date.now() + 86_400_000).toISOString();
    const made = await plaza.applications.createToken(boss, {
      application: application.id,
      name: 'reader',
      scopes: ['read', 'read'],
      expiresAt: end,
    });
    expect(made.details).toMatchObject({ name: 'reader', scopes: ['read'], expiresAt: end, usedAt: null });
    const reader = await as(made.token);
    expect(reader.scopes).toEqual(['read']);

    const page = await plaza.applications.tokens(boss, application.id, { first: 1 });
    expect(page).toMatchObject({ items: [{ node: { name: 'default' } }], hasNext: true });
    const rest = await plaza.applications.tokens(boss, application.id, { after: page.items[0]?.cursor });
    expect(rest.items.map(({ node }) => node.name)).toEqual(['reader']);

    const other = await plaza.another();
    await other.accounts.authenticate(made.token, '');
    await plaza.applications.revokeToken(boss, { application: application.id, token: made.details.id });
    await expect(as(made.token)).rejects.toEqual(refusal('unauthenticated'));
    await expect.poll(() => other.accounts.authenticate(made.token, '').catch((e: unknown) => e)).toEqual(refusal('unauthenticated'));
    await as(first);
    await expect(plaza.applications.revokeToken(boss, { application: application.id, token: made.details.id })).rejects.toEqual(missing);
  });

  test('one that has ended is refused, remembered or not', async () => {
    const { application } = await plaza.applications.create(boss, { name: 'Ends' });
    const end = new Date(Date.now() + 86_400_000).toISOString();
    const { token } = await plaza.applications.createToken(boss, {
      application: application.id,
      name: 'tomorrow',
      scopes: ['read'],
      expiresAt: end,
    });
    await as(token);
    expect(await plaza.accounts.expiresAt(token)).toBe(Date.parse(end));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(end) });
    try {
      await expect(as(token)).rejects.toEqual(refusal('token_expired'));
      plaza.accounts.forget('everything');
      await expect(as(token)).rejects.toEqual(refusal('token_expired'));
    } finally {
      vi.useRealTimers();
    }
  });

  test('their use is noted, at most once a minute', async () => {
    const { application, token } = await plaza.applications.create(boss, { name: 'Used' });
    const used = async () => (await plaza.applications.tokens(boss, application.id, {})).items[0]?.node.usedAt;
    await as(token);
    await expect.poll(used).not.toBeNull();
    const first = await used();
    for (let n = 0; n < 5; n++) {
      plaza.accounts.forget('everything');
      await as(token);
    }
    expect(await used()).toBe(first);
    await plaza.sql`update application_tokens set used_at = used_at - interval '61 seconds' where application = ${application.id}`;
    plaza.accounts.forget('everything');
    await as(token);
    await expect.poll(async () => Date.parse((await used()) ?? '') >= Date.parse(first ?? '')).toBe(true);
  });

  test.each([
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: ['read', 'everything'] }],
    ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['expiresAt', { expiresAt: 'tomorrow' }],
    ['name', { name: '' }],
  ])('refused: %s of %j', async (field, wrong) => {
    const input = { application: '1', name: 'x', scopes: ['read'], ...wrong } as Parameters<Installation['applications']['createToken']>[1];
    await expect(plaza.applications.createToken(boss, input)).rejects.toEqual(refusal('invalid_input', { field }));
  });
});

describe('who may', () => {
  test('guests and members may nothing of it', async () => {
    const { who: member } = await someone(plaza);
    const { application } = await plaza.applications.create(boss, { name: 'Closed' });
    for (const [who, code] of [
      [guest(''), 'unauthenticated'],
      [member, 'forbidden'],
    ] as const) {
      await expect(plaza.applications.create(who, { name: 'x' })).rejects.toEqual(refusal(code));
      await expect(plaza.applications.list(who, {})).rejects.toEqual(refusal(code));
      const other = who === member ? missing : refusal(code);
      await expect(plaza.applications.get(who, application.id)).rejects.toEqual(other);
      await expect(plaza.applications.change(who, { id: application.id, name: 'x' })).rejects.toEqual(other);
      await expect(plaza.applications.tokens(who, application.id, {})).rejects.toEqual(other);
    }
    await expect(plaza.applications.createToken(member, { application: '1', name: 'x', scopes: ['read'] })).rejects.toEqual(forbidden);
  });

  test('an application reads itself, manages nothing, and the others are not there', async () => {
    const shop = await plaza.applications.create(boss, { name: 'Shop' });
    const bank = await plaza.applications.create(boss, { name: 'Bank' });
    const who = await as(shop.token);
    expect((await plaza.applications.get(who, shop.application.id)).name).toBe('Shop');
    await expect(plaza.applications.change(who, { id: shop.application.id, name: 'x' })).rejects.toEqual(forbidden);
    await expect(plaza.applications.tokens(who, shop.application.id, {})).rejects.toEqual(forbidden);
    await expect(plaza.applications.createToken(who, { application: shop.application.id, name: 'x', scopes: ['read'] })).rejects.toEqual(
      forbidden,
    );
    await expect(plaza.applications.create(who, { name: 'x' })).rejects.toEqual(forbidden);
    await expect(plaza.applications.list(who, {})).rejects.toEqual(forbidden);

    const theirs = bank.application.id;
    const token = (await plaza.applications.tokens(boss, theirs, {})).items[0]?.node.id ?? '';
    await expect(plaza.applications.get(who, theirs)).rejects.toEqual(missing);
    await expect(plaza.applications.change(who, { id: theirs, name: 'x' })).rejects.toEqual(missing);
    await expect(plaza.applications.tokens(who, theirs, {})).rejects.toEqual(missing);
    await expect(plaza.applications.createToken(who, { application: theirs, name: 'x', scopes: ['read'] })).rejects.toEqual(missing);
    await expect(plaza.applications.revokeToken(who, { application: theirs, token })).rejects.toEqual(missing);
    await expect(plaza.applications.revokeToken(boss, { application: shop.application.id, token })).rejects.toEqual(missing);
    await as(bank.token);
  });

  test.each(['0', 'x', '99999999999999999999', '123456'])('no application: %s', async (id) => {
    await expect(plaza.applications.get(boss, id)).rejects.toEqual(missing);
    await expect(plaza.applications.change(boss, { id, name: 'x' })).rejects.toEqual(missing);
    await expect(plaza.applications.createToken(boss, { application: id, name: 'x', scopes: ['read'] })).rejects.toEqual(missing);
  });

  test('an application has no account, devices or password', async () => {
    const { token } = await plaza.applications.create(boss, { name: 'Bot' });
    const who = await as(token);
    await expect(plaza.accounts.me(who)).rejects.toEqual(forbidden);
    await expect(plaza.accounts.devices(who, {})).rejects.toEqual(forbidden);
    await expect(plaza.accounts.setRole(who, { account: boss.account ?? '', role: 'member' })).rejects.toEqual(forbidden);
  });
});
