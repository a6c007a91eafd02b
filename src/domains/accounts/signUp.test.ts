import { afterAll, beforeAll, expect, test } from 'vitest';
import { guest } from '../policy/index.ts';
import { admin, type Installation, installation, password, refusal, someone } from './testing.ts';

let plaza: Installation;
beforeAll(async () => {
  plaza = await installation();
});
afterAll(() => plaza.end());

const input = (email: string) => ({ name: 'Ana  Lima', email, password });

test('signing up gives account, person, device and tokens, and the tokens work', async () => {
  const made = await plaza.accounts.signUp(guest('192.0.2.9'), {
    ...input('Ana.Lima@Example.org'),
    clientId: 'laptop',
    deviceName: 'My laptop',
  });
  expect(made.account).toMatchObject({ email: 'Ana.Lima@Example.org', emailVerified: false, role: 'member' });
  expect(made.person).toMatchObject({ handle: 'ana-lima', name: 'Ana Lima', bot: false });
  expect(made.device).toMatchObject({ clientId: 'laptop', name: 'My laptop', address: '192.0.2.9', current: true });
  const who = await plaza.accounts.authenticate(made.tokens.access, '192.0.2.9');
  expect(who).toEqual({
    application: '1',
    role: 'member',
    person: made.person,
    account: made.account.id,
    device: made.device.id,
    scopes: [],
    address: '192.0.2.9',
  });
  expect(await plaza.accounts.me(who)).toEqual(made.account);
});

test('the role is never the choice of the caller', async () => {
  const sneaky = { ...input('sneaky@example.org'), role: 'admin' };
  expect((await plaza.accounts.signUp(guest('192.0.2.9'), sneaky)).account.role).toBe('member');
});

test('nothing is left of a sign-up that failed on its way', async () => {
  await someone(plaza, { handle: 'first-come' });
  await expect(plaza.accounts.signUp(guest('192.0.2.9'), { ...input('late@example.org'), handle: 'First-Come' })).rejects.toEqual(
    refusal('taken', { field: 'handle' }),
  );
  expect(await plaza.sql`select from accounts where email = 'late@example.org'`).toHaveLength(0);
});

test('of many sign-ups with one address at once exactly one succeeds', async () => {
  const tries = Array.from({ length: 12 }, (_, n) =>
    plaza.accounts.signUp(guest(`198.51.100.${n}`), input(n % 2 ? 'one@example.org' : 'ONE@example.org')),
  );
  const outcomes = await Promise.allSettled(tries);
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toEqual(refusal('taken', { field: 'email' }));
});

test('of many with one name at once each has a handle of its own', async () => {
  const made = await Promise.all(Array.from({ length: 12 }, () => someone(plaza, { name: 'Bo Çelik' })));
  const handles = made.map(({ signedIn }) => signedIn.person.handle);
  expect(new Set(handles).size).toBe(12);
  expect(handles).toContain('bo-celik');
  for (const handle of handles) expect(handle).toMatch(/^bo-celik(-\d+)?$/);
});

test('a new member is in the official communities', async () => {
  const [made] =
    await plaza.sql`insert into communities (application, slug, name, official) values ('1', 'welcome', 'Welcome', true) returning id`;
  const { signedIn } = await someone(plaza);
  const members = await plaza.sql`select person from community_members where community = ${made?.['id']}`;
  expect(members).toEqual([{ person: signedIn.person.id }]);
  await expect
    .poll(() => plaza.events)
    .toContainEqual({
      to: `person ${signedIn.person.id}`,
      event: { type: 'community_joined', community: made?.['id'], role: 'member' },
    });
});

test.each([
  ['email', { email: 'no address' }],
  ['email', { email: 'a@b@c' }],
  ['email', { email: 'ana@example.org\r\nBcc: eve@example.org' }],
  ['email', { email: `${'a'.repeat(250)}@example.org` }],
  ['password', { password: 'short' }],
  ['password', { password: 'password' }],
  ['name', { name: '  ' }],
  ['name', { name: 'x'.repeat(81) }],
  ['name', { name: 'a\u0000b' }],
  ['name', { name: 'ana\u202egro' }],
  ['handle', { handle: 'a' }],
  ['handle', { handle: 'admin' }],
  ['handle', { handle: '12345' }],
  ['handle', { handle: 'ana!' }],
  ['clientId', { clientId: 'x'.repeat(101) }],
  ['deviceName', { deviceName: 'x'.repeat(101) }],
])('refused: %s of %j', async (field, wrong) => {
  await expect(plaza.accounts.signUp(guest('192.0.2.9'), { ...input('wrong@example.org'), ...wrong })).rejects.toEqual(
    refusal('invalid_input', { field }),
  );
});

test('where signing up is closed an admin and an application still add people', async () => {
  const boss = await admin(plaza);
  const { accounts, applications } = await plaza.another({ signUp: 'closed' });
  await expect(accounts.signUp(guest('192.0.2.9'), input('guest@example.org'))).rejects.toEqual(
    refusal('forbidden', { rule: 'sign-up-closed' }),
  );
  const { who } = await someone(plaza);
  await expect(accounts.signUp(who, input('member@example.org'))).rejects.toEqual(refusal('forbidden'));
  expect((await accounts.signUp(boss, input('added@example.org'))).account.email).toBe('added@example.org');
  const { token } = await applications.create(boss, { name: 'Shop' });
  const shop = await accounts.authenticate(token, '192.0.2.10');
  expect((await accounts.signUp(shop, input('added@example.org'))).account.email).toBe('added@example.org');
});
