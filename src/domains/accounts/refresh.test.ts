import { afterAll, beforeAll, expect, test } from 'vitest';
import { guest } from '../policy/index.ts';
import { type Installation, installation, refusal, someone } from './testing.ts';

let plaza: Installation;
beforeAll(async () => {
  plaza = await installation();
});
afterAll(() => plaza.end());

const home = guest('192.0.2.1');
const refresh = (token: string) => plaza.accounts.refresh(home, { refresh: token });
/** As if this much time had passed since the device's tokens were used. */
const pass = (device: string, time: string) =>
  plaza.sql`update refresh_tokens set used_at = used_at - ${time}::interval, expires_at = expires_at - ${time}::interval where device = ${device}`;

test('a token is good for one use and gives the next, 256 bits each, of which only hashes are kept', async () => {
  const { signedIn } = await someone(plaza);
  const second = await refresh(signedIn.tokens.refresh);
  const third = await refresh(second.tokens.refresh);
  const tokens = [signedIn, second, third].map(({ tokens }) => tokens.refresh);
  expect(new Set(tokens).size).toBe(3);
  for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(third.device.id).toBe(signedIn.device.id);
  expect(third.account).toEqual(signedIn.account);
  await plaza.accounts.authenticate(third.tokens.access, '');
  const kept = await plaza.sql<{ hash: Buffer }[]>`select hash from refresh_tokens where device = ${signedIn.device.id}`;
  expect(kept).toHaveLength(3);
  for (const { hash } of kept) for (const token of tokens) expect(hash.equals(Buffer.from(token, 'base64url'))).toBe(false);
});

test('a lost answer: the same question again has the same answer', async () => {
  const { signedIn } = await someone(plaza);
  const lost = await refresh(signedIn.tokens.refresh);
  const again = await refresh(signedIn.tokens.refresh);
  expect(again.tokens.refresh).toBe(lost.tokens.refresh);
  await refresh(again.tokens.refresh);
});

test('many at once, from several processes, all hold the same next token', async () => {
  const other = await plaza.another();
  const { signedIn } = await someone(plaza);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => (n % 2 ? plaza : other).accounts.refresh(home, { refresh: signedIn.tokens.refresh })),
  );
  expect(new Set(answers.map(({ tokens }) => tokens.refresh)).size).toBe(1);
});

test('a used token that comes later signs the device out, everywhere', async () => {
  const other = await plaza.another();
  const { signedIn } = await someone(plaza);
  const next = await refresh(signedIn.tokens.refresh);
  await other.accounts.authenticate(next.tokens.access, '');
  await pass(signedIn.device.id, '21 seconds');
  await expect(refresh(signedIn.tokens.refresh)).rejects.toEqual(refusal('unauthenticated'));

  await expect(refresh(next.tokens.refresh)).rejects.toEqual(refusal('unauthenticated'));
  await expect(plaza.accounts.authenticate(next.tokens.access, '')).rejects.toEqual(refusal('unauthenticated'));
  await expect.poll(() => plaza.events).toContainEqual({ to: 'access', event: { type: 'access', device: signedIn.device.id } });
  await expect
    .poll(() => other.accounts.authenticate(next.tokens.access, '').catch((refused: unknown) => refused))
    .toEqual(refusal('unauthenticated'));
  expect(plaza.logged.join()).toContain('a refresh token came a second time');
});

test('a used token whose next one is in use signs the device out at once', async () => {
  const { signedIn } = await someone(plaza);
  const next = await refresh(signedIn.tokens.refresh);
  const last = await refresh(next.tokens.refresh);
  await expect(refresh(signedIn.tokens.refresh)).rejects.toEqual(refusal('unauthenticated'));
  await expect(refresh(last.tokens.refresh)).rejects.toEqual(refusal('unauthenticated'));
});

test('only that device is signed out', async () => {
  const { email, signedIn } = await someone(plaza);
  const tablet = await plaza.accounts.signIn(home, { email, password: 'seven green herons' });
  await refresh(signedIn.tokens.refresh);
  await pass(signedIn.device.id, '1 minute');
  await expect(refresh(signedIn.tokens.refresh)).rejects.toEqual(refusal('unauthenticated'));
  await refresh(tablet.tokens.refresh);
});

test('it ends after 30 days without use, and use makes it 30 again', async () => {
  const { signedIn } = await someone(plaza);
  await pass(signedIn.device.id, '29 days');
  const next = await refresh(signedIn.tokens.refresh);
  await pass(signedIn.device.id, '29 days');
  const last = await refresh(next.tokens.refresh);
  await pass(signedIn.device.id, '31 days');
  await expect(refresh(last.tokens.refresh)).rejects.toEqual(refusal('unauthenticated'));
  await someone(plaza);
  expect(await plaza.sql`select from refresh_tokens where expires_at < now()`).toHaveLength(0);
});

test.each(['', 'nonsense', 'x'.repeat(10_000), '\u0000', '\ud800'])('what is no token is refused: %j', async (token) => {
  await expect(refresh(token)).rejects.toEqual(refusal('unauthenticated'));
});
