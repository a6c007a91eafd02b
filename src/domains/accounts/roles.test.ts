import { afterEach, beforeEach, expect, test } from 'vitest';
import { guest } from '../policy/index.ts';
import { admin, type Installation, installation, refusal, someone } from './testing.ts';

let plaza: Installation;
beforeEach(async () => {
  plaza = await installation();
});
afterEach(() => plaza.end());

const wrongCode = refusal('wrong_code');

test('the code of the first start makes one admin, and no code is given after that', async () => {
  const code = await plaza.accounts.firstAdminCode();
  expect(code).toMatch(/^([a-z0-9]{5}-){3}[a-z0-9]{5}$/);
  const { who, signedIn } = await someone(plaza);
  await expect(plaza.accounts.claimFirstAdmin(who, { code: 'aaaaa-bbbbb-ccccc-ddddd' })).rejects.toEqual(wrongCode);
  expect((await plaza.accounts.claimFirstAdmin(who, { code: (code ?? '').toUpperCase().replaceAll('-', ' ') })).role).toBe('admin');
  expect((await plaza.accounts.authenticate(signedIn.tokens.access, '')).role).toBe('admin');
  await expect.poll(() => plaza.events).toContainEqual({ to: 'access', event: { type: 'access', account: who.account } });

  expect(await plaza.accounts.firstAdminCode()).toBeNull();
  const other = await someone(plaza);
  await expect(plaza.accounts.claimFirstAdmin(other.who, { code: code ?? '' })).rejects.toEqual(wrongCode);
});

test('the code is the same at every start and on every process, and another one is refused', async () => {
  const other = await plaza.another();
  const [one, two] = [await plaza.accounts.firstAdminCode(), await other.accounts.firstAdminCode()];
  expect(one).toMatch(/^(\w{5}-){3}\w{5}$/);
  expect(two).toBe(one);
  const { who } = await someone(plaza);
  await expect(plaza.accounts.claimFirstAdmin(who, { code: `${one?.startsWith('x') ? 'y' : 'x'}${one?.slice(1)}` })).rejects.toEqual(
    wrongCode,
  );
  await plaza.accounts.claimFirstAdmin(who, { code: two?.toUpperCase().replaceAll('-', ' ') ?? '' });
});

test('of many claims at once exactly one wins', async () => {
  const other = await plaza.another();
  const code = (await plaza.accounts.firstAdminCode()) ?? '';
  const people = await Promise.all(Array.from({ length: 8 }, () => someone(plaza)));
  const claims = await Promise.allSettled(people.map(({ who }, n) => (n % 2 ? plaza : other).accounts.claimFirstAdmin(who, { code })));
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await plaza.sql`select from accounts where role = 'admin'`).toHaveLength(1);
});

test('guests and people of applications cannot claim', async () => {
  const code = (await plaza.accounts.firstAdminCode()) ?? '';
  await expect(plaza.accounts.claimFirstAdmin(guest(''), { code })).rejects.toEqual(refusal('unauthenticated'));
  const { who } = await someone(plaza);
  await expect(plaza.accounts.claimFirstAdmin({ ...who, application: '2' }, { code })).rejects.toEqual(refusal('forbidden'));
});

test('admins give and take roles by account or person, and every process hears of it', async () => {
  const other = await plaza.another();
  const boss = await admin(plaza);
  const { who, signedIn } = await someone(plaza);
  await other.accounts.authenticate(signedIn.tokens.access, '');
  expect((await plaza.accounts.setRole(boss, { account: who.account ?? '', role: 'moderator' })).role).toBe('moderator');
  await expect.poll(async () => (await other.accounts.authenticate(signedIn.tokens.access, '')).role).toBe('moderator');
  expect((await plaza.accounts.setRole(boss, { person: who.person?.id, role: 'member' })).role).toBe('member');
  expect((await plaza.accounts.authenticate(signedIn.tokens.access, '')).role).toBe('member');
});

test('nobody else does, and what is wrong is refused', async () => {
  const boss = await admin(plaza);
  const { who } = await someone(plaza);
  const account = who.account ?? '';
  await expect(plaza.accounts.setRole(who, { account, role: 'admin' })).rejects.toEqual(refusal('forbidden'));
  await expect(plaza.accounts.setRole(guest(''), { account, role: 'admin' })).rejects.toEqual(refusal('unauthenticated'));
  await expect(plaza.accounts.setRole({ ...who, role: 'admin' }, { account, role: 'admin' }), 'an admin of a moment ago').rejects.toEqual(
    refusal('forbidden'),
  );
  await expect(plaza.accounts.setRole(boss, { account: '999', role: 'admin' })).rejects.toEqual(refusal('not_found'));
  await expect(plaza.accounts.setRole(boss, { person: 'x', role: 'admin' })).rejects.toEqual(refusal('not_found'));
  await expect(plaza.accounts.setRole(boss, { account, person: '1', role: 'admin' })).rejects.toEqual(refusal('invalid_input'));
  await expect(plaza.accounts.setRole(boss, { account, role: 'king' as 'admin' })).rejects.toEqual(
    refusal('invalid_input', { field: 'role' }),
  );
});

test('the last admin stays one, also when two step down at once', async () => {
  const boss = await admin(plaza);
  await expect(plaza.accounts.setRole(boss, { account: boss.account ?? '', role: 'member' })).rejects.toEqual(refusal('conflict'));
  const { who } = await someone(plaza);
  await plaza.accounts.setRole(boss, { account: who.account ?? '', role: 'admin' });
  const second = { ...who, role: 'admin' as const };
  await Promise.allSettled([
    plaza.accounts.setRole(boss, { account: boss.account ?? '', role: 'member' }),
    plaza.accounts.setRole(second, { account: second.account ?? '', role: 'member' }),
  ]);
  expect(await plaza.sql`select from accounts where role = 'admin'`).toHaveLength(1);
});
