import { generateKeyPair, importJWK, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { guest } from '../policy/index.ts';
import { type Installation, installation, refusal, someone } from './testing.ts';

let plaza: Installation;
beforeAll(async () => {
  plaza = await installation();
});
afterAll(() => plaza.end());

const refused = refusal('unauthenticated');

test('no token is a guest', async () => {
  expect(await plaza.accounts.authenticate(null, '192.0.2.8')).toEqual(guest('192.0.2.8'));
});

test('a token is a signed JWT that others verify by the published keys', async () => {
  const { signedIn } = await someone(plaza);
  const { keys } = await plaza.accounts.jwks();
  const [jwk = {}] = keys;
  expect(jwk).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
  expect(jwk).not.toHaveProperty('d');
  const { payload, protectedHeader } = await jwtVerify(signedIn.tokens.access, await importJWK(jwk, 'EdDSA'), {
    issuer: 'http://localhost:3000',
    audience: 'plaza',
  });
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk['kid'] });
  expect(payload).toMatchObject({ sub: signedIn.account.id, person: signedIn.person.id, app: '1', device: signedIn.device.id });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(15 * 60);
  expect(await plaza.accounts.expiresAt(signedIn.tokens.access)).toBe(Date.parse(signedIn.tokens.accessExpiresAt));
});

test('what is no token, or not ours, is refused', async () => {
  const { signedIn } = await someone(plaza);
  const [header = '', payload = '', signature = ''] = signedIn.tokens.access.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: '1' })).toString('base64url');
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const kid = JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
  const sign = (typ: string, id: string) => new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ, kid: id }).sign(privateKey);
  const wrong = [
    '',
    'nonsense',
    'a.b.c',
    'x'.repeat(100_000),
    `${header}.${forged}.${signature}`,
    `${header}.${payload}.`,
    new UnsecuredJWT(claims).encode(),
    await sign('at+jwt', kid),
    await sign('JWT', kid),
    await sign('at+jwt', 'no such key'),
    'plaza_app_',
    `plaza_app_${'x'.repeat(43)}`,
  ];
  for (const token of wrong) {
    await expect(plaza.accounts.authenticate(token, ''), token.slice(0, 80)).rejects.toEqual(refused);
  }
  for (const token of ['', 'nonsense', 'a.b.c', 'plaza_app_x']) expect(await plaza.accounts.expiresAt(token)).toBeNull();
});

test('a token that has ended is refused as such, remembered or not', async () => {
  const other = await plaza.another();
  const { access, accessExpiresAt } = (await someone(plaza)).signedIn.tokens;
  await plaza.accounts.authenticate(access, '');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(accessExpiresAt) });
  try {
    for (const { accounts } of [plaza, other]) await expect(accounts.authenticate(access, '')).rejects.toEqual(refusal('token_expired'));
  } finally {
    vi.useRealTimers();
  }
});

test('once known, a caller costs no query; a change of role or name is seen by every process', async () => {
  const other = await plaza.another();
  const { who, signedIn } = await someone(plaza);
  const ask = () => other.accounts.authenticate(signedIn.tokens.access, '');
  await ask();
  await plaza.sql`update accounts set role = 'moderator' where id = ${who.account}`;
  expect((await ask()).role, 'no event, so nobody looks').toBe('member');
  await plaza.people.update(who, { name: 'Ana Maria' });
  await expect.poll(async () => (await ask()).person?.name).toBe('Ana Maria');
  expect((await ask()).role).toBe('moderator');
});

test('a sign-out while a look-up is under way is not overtaken by it', async () => {
  const { who, signedIn } = await someone(plaza);
  plaza.accounts.forget('everything');
  const lookUps = Array.from({ length: 20 }, () => plaza.accounts.authenticate(signedIn.tokens.access, '').catch(() => null));
  await plaza.accounts.signOut(who, {});
  await Promise.all(lookUps);
  await expect(plaza.accounts.authenticate(signedIn.tokens.access, '')).rejects.toEqual(refused);
});

test('while the feed is broken nothing is remembered', async () => {
  const { who, signedIn } = await someone(plaza);
  plaza.accounts.remember(false);
  await plaza.accounts.authenticate(signedIn.tokens.access, '');
  await plaza.sql`update devices set signed_out_at = now() where id = ${who.device}`;
  await expect(plaza.accounts.authenticate(signedIn.tokens.access, '')).rejects.toEqual(refused);
  plaza.accounts.remember(true);
});
