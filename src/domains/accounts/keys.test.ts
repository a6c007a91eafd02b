import { afterEach, beforeEach, expect, test } from 'vitest';
import { Advice } from '../../kit/advice.ts';
import { guest } from '../policy/index.ts';
import { createKeys } from './keys.ts';
import { type Installation, installation, password, refusal, someone } from './testing.ts';
import { createVault } from './vault.ts';

let plaza: Installation;
beforeEach(async () => {
  plaza = await installation();
});
afterEach(() => plaza.end());

const kids = async ({ accounts }: Pick<Installation, 'accounts'>) => (await accounts.jwks()).keys.map((key) => key['kid']);

test('many processes that start at once share one first key', async () => {
  const processes = await Promise.all([plaza.another(), plaza.another(), plaza.another()]);
  const all = await Promise.all([plaza, ...processes].map(kids));
  expect(new Set(all.flat()).size).toBe(1);
  expect(await plaza.sql`select from signing_keys`).toHaveLength(1);
});

test('after a rotation new tokens have the new key, old ones stay good, and other processes find it', async () => {
  const other = await plaza.another();
  const before = await someone(other);
  await plaza.accounts.rotateKeys();
  const after = await someone(plaza);
  const [newest, former] = await kids(plaza);
  const kid = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
  expect(kid(before.signedIn.tokens.access)).toBe(former);
  expect(kid(after.signedIn.tokens.access)).toBe(newest);
  for (const { accounts } of [plaza, other, await plaza.another()]) {
    for (const { signedIn } of [before, after]) await accounts.authenticate(signedIn.tokens.access, '');
  }
  expect(await kids(other)).toEqual([newest, former]);
});

test('a key made while the table is being read is found', async () => {
  const answers: (() => void)[] = [];
  const slow = new Proxy(plaza.sql, {
    async apply(target, self, args) {
      const rows = await Reflect.apply(target, self, args);
      await new Promise<void>((resolve) => answers.push(resolve));
      return rows;
    },
  });
  const settings = { vault: createVault('a secret of the tests, long enough to be one'), tokenSeconds: 900 };
  const keys = createKeys({ sql: plaza.sql, ...settings });
  await keys.rotate();
  const others = createKeys({ sql: slow, ...settings });
  const reading = others.signing();
  await expect.poll(() => answers.length).toBe(1);
  await keys.rotate();
  const { kid } = await keys.signing();
  const found = others.verifying(kid);
  answers.shift()?.();
  expect((await reading).kid).not.toBe(kid);
  const letGo = setInterval(() => answers.shift()?.(), 5);
  expect(await found).not.toBeNull();
  clearInterval(letGo);
});

test('rotations at once leave one key in force', async () => {
  const other = await plaza.another();
  await Promise.all([plaza.accounts.rotateKeys(), other.accounts.rotateKeys(), plaza.accounts.rotateKeys()]);
  expect(await plaza.sql`select from signing_keys where retired_at is null`).toHaveLength(1);
});

test('a key goes once its last token has ended', async () => {
  await plaza.accounts.rotateKeys();
  await plaza.accounts.rotateKeys();
  expect(await kids(plaza)).toHaveLength(2);
  await plaza.sql`update signing_keys set retired_at = retired_at - interval '21 minutes'`;
  expect(await kids(await plaza.another())).toHaveLength(1);
  await plaza.accounts.rotateKeys();
  expect(await plaza.sql`select from signing_keys`).toHaveLength(2);
});

test('tokens with unknown keys do not make us read the table each time', async () => {
  const { signedIn } = await someone(plaza);
  const [, payload, signature] = signedIn.tokens.access.split('.');
  const [read] = await plaza.sql<
    { scans: number }[]
  >`select pg_stat_force_next_flush(), seq_scan::int as scans from pg_stat_user_tables where relname = 'signing_keys'`;
  const header = (n: number) => Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid: `none${n}` })).toString('base64url');
  const asks = Array.from({ length: 50 }, (_, n) => plaza.accounts.authenticate(`${header(n)}.${payload}.${signature}`, ''));
  for (const outcome of await Promise.allSettled(asks))
    expect(outcome).toMatchObject({ status: 'rejected', reason: refusal('unauthenticated') });
  const scans = async () =>
    (
      await plaza.sql<
        { scans: number }[]
      >`select pg_stat_force_next_flush(), seq_scan::int as scans from pg_stat_user_tables where relname = 'signing_keys'`
    )[0]?.scans ?? 0;
  expect((await scans()) - (read?.scans ?? 0)).toBeLessThan(10);
});

test('another secret does not open the keys, says so, and a rotation with it mends that', async () => {
  const { email, signedIn } = await someone(plaza);
  const other = await plaza.another({ secret: 'another secret, just as long as the first' });
  await expect(other.accounts.jwks()).rejects.toThrow(Advice);
  await expect(other.accounts.jwks()).rejects.toThrow(/does not open the signing keys/);
  await expect(other.accounts.signIn(guest(''), { email, password })).rejects.toThrow(Advice);

  await other.accounts.rotateKeys();
  await other.accounts.signIn(guest(''), { email, password });
  await other.accounts.authenticate(signedIn.tokens.access, '');
});

test('the private keys are sealed', async () => {
  await plaza.accounts.jwks();
  const [row] = await plaza.sql<
    { public_jwk: Record<string, unknown>; sealed_private_jwk: Buffer }[]
  >`select public_jwk, sealed_private_jwk from signing_keys`;
  expect(row?.public_jwk).not.toHaveProperty('d');
  expect(row?.sealed_private_jwk.toString('latin1')).not.toContain('OKP');
});
