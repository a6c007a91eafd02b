import { afterAll, beforeAll, expect, test } from 'vitest';
import { guest, type Who } from '../policy/index.ts';
import { type Installation, installation, password, refusal, someone } from './testing.ts';

let plaza: Installation;
beforeAll(async () => {
  plaza = await installation();
});
afterAll(() => plaza.end());

let network = 0;
/** Each from an address of its own, so that the tests do not throttle each other. */
const anew = (): Who => guest(`2001:db8:0:${(network++).toString(16)}::1`);
const next = 'eight blue kingfishers';
const wrongCode = refusal('wrong_code');

/** The code of the last letter to this address. */
function codeTo(email: string): string {
  const letter = plaza.letters.findLast(({ to }) => to === email);
  return /\b\d{8}\b/.exec(letter?.text ?? '')?.[0] ?? 'no letter came';
}

async function forgotten() {
  const somebody = await someone(plaza);
  await plaza.accounts.forgotPassword(anew(), { email: somebody.email.toUpperCase() });
  return { ...somebody, code: codeTo(somebody.email) };
}

const reset = (email: string, code: string) => plaza.accounts.resetPassword(anew(), { email, code, password: next });

test('changing the password asks for the present one and signs all other devices out', async () => {
  const { who, email, signedIn } = await someone(plaza);
  const other = await plaza.accounts.signIn(anew(), { email, password });
  await expect(plaza.accounts.changePassword(who, { current: next, next })).rejects.toEqual(
    refusal('wrong_credentials', { field: 'current' }),
  );
  await expect(plaza.accounts.changePassword(who, { current: password, next: 'password' })).rejects.toEqual(
    refusal('invalid_input', { field: 'next' }),
  );
  await plaza.accounts.changePassword(who, { current: password, next });

  await plaza.accounts.authenticate(signedIn.tokens.access, '');
  await expect(plaza.accounts.authenticate(other.tokens.access, '')).rejects.toEqual(refusal('unauthenticated'));
  await expect(plaza.accounts.signIn(anew(), { email, password })).rejects.toEqual(refusal('wrong_credentials'));
  await plaza.accounts.signIn(anew(), { email, password: next });
});

test('of two changes at once one wins', async () => {
  const { who } = await someone(plaza);
  const both = await Promise.allSettled([
    plaza.accounts.changePassword(who, { current: password, next }),
    plaza.accounts.changePassword(who, { current: password, next: `${next} two` }),
  ]);
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('the present password cannot be guessed with a stolen token', async () => {
  const { who } = await someone(plaza);
  const guess = () => plaza.accounts.changePassword(who, { current: 'not the password', next });
  for (let n = 0; n < 10; n++) await expect(guess()).rejects.toEqual(refusal('wrong_credentials'));
  await expect(guess()).rejects.toEqual(refusal('too_many_requests'));
});

test('a forgotten password is replaced by the code of the letter, once, and all devices are signed out', async () => {
  const { email, code, signedIn } = await forgotten();
  await reset(email, ` ${code.slice(0, 4)}-${code.slice(4)} `);
  await expect(plaza.accounts.authenticate(signedIn.tokens.access, '')).rejects.toEqual(refusal('unauthenticated'));
  await expect(plaza.accounts.signIn(anew(), { email, password })).rejects.toEqual(refusal('wrong_credentials'));
  const back = await plaza.accounts.signIn(anew(), { email, password: next });
  expect(back.account.emailVerified).toBe(true);
  await expect(reset(email, code)).rejects.toEqual(wrongCode);
});

test('a code used twice at once works once', async () => {
  const { email, code } = await forgotten();
  const both = await Promise.allSettled([reset(email, code), reset(email, code), reset(email, code)]);
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of both) if (outcome.status === 'rejected') expect(outcome.reason).toEqual(wrongCode);
});

test('after five wrong codes the right one is wrong too', async () => {
  const { email, code } = await forgotten();
  for (let n = 0; n < 5; n++) await expect(reset(email, code === '00000000' ? '00000001' : '00000000')).rejects.toEqual(wrongCode);
  await expect(reset(email, code)).rejects.toEqual(wrongCode);
});

test('a newer code voids the older', async () => {
  const { email, code } = await forgotten();
  await plaza.accounts.forgotPassword(anew(), { email });
  await expect(reset(email, code)).rejects.toEqual(wrongCode);
  await reset(email, codeTo(email));
});

test('a code ends after 30 minutes, and by a change of the password', async () => {
  const { email, code } = await forgotten();
  await plaza.sql`update one_time_codes set expires_at = expires_at - interval '30 minutes'`;
  await expect(reset(email, code)).rejects.toEqual(wrongCode);
  const other = await forgotten();
  await plaza.accounts.changePassword(other.who, { current: password, next });
  await expect(reset(other.email, other.code)).rejects.toEqual(wrongCode);
});

test('a bad new password costs no try, a code for one account is none for another', async () => {
  const [ana, bo] = [await forgotten(), await forgotten()];
  for (let n = 0; n < 6; n++) {
    await expect(plaza.accounts.resetPassword(anew(), { email: ana.email, code: ana.code, password: 'short' })).rejects.toEqual(
      refusal('invalid_input'),
    );
  }
  await expect(reset(ana.email, bo.code)).rejects.toEqual(wrongCode);
  await reset(ana.email, ana.code);
});

test('an unknown address is answered like a known one, and nothing is sent', async () => {
  const before = plaza.letters.length;
  expect(await plaza.accounts.forgotPassword(anew(), { email: 'nobody@example.org' })).toBeUndefined();
  await expect(reset('nobody@example.org', '12345678')).rejects.toEqual(wrongCode);
  expect(plaza.letters).toHaveLength(before);
});

test('letters to one address are few, known or not', async () => {
  const { email } = await someone(plaza);
  for (const address of [email, 'never@example.org']) {
    for (let n = 0; n < 3; n++) await plaza.accounts.forgotPassword(anew(), { email: address });
    await expect(plaza.accounts.forgotPassword(anew(), { email: address })).rejects.toEqual(refusal('too_many_requests'));
  }
});

test('mail that cannot be sent is logged and nobody else hears of it', async () => {
  const broken = await plaza.another();
  broken.letters.push = () => {
    throw new Error('the mail server is away');
  };
  const { email } = await someone(broken);
  expect(await broken.accounts.forgotPassword(anew(), { email })).toBeUndefined();
  await expect.poll(() => broken.logged.join()).toContain('a letter could not be sent');
  expect(broken.logged.join()).toContain('the mail server is away');
});

test('signing up sends the first code by itself, and asking for another voids it', async () => {
  const { who, email } = await someone(plaza, { via: anew() });
  const code = codeTo(email);
  await plaza.accounts.sendEmailCode(who);
  expect(codeTo(email)).not.toBe(code);
  await expect(plaza.accounts.verifyEmail(who, { code })).rejects.toEqual(wrongCode);
  const other = await someone(plaza, { via: anew() });
  expect((await plaza.accounts.verifyEmail(other.who, { code: codeTo(other.email) })).emailVerified).toBe(true);
});

test('signing up goes on without the letter: when mail is away, when there were too many, for people of an application', async () => {
  const broken = await plaza.another();
  const { push } = broken.letters;
  broken.letters.push = () => {
    throw new Error('the mail server is away');
  };
  await someone(broken, { via: anew() });
  await expect.poll(() => broken.logged.join()).toContain('the mail server is away');
  broken.letters.push = push;
  const via = anew();
  await someone(broken, { via });
  expect(broken.letters).toHaveLength(1);
  await plaza.sql`update sign_in_failures set count = 30 where key like 'first-letters/%'`;
  await someone(broken, { via });
  expect(broken.letters).toHaveLength(1);
  await someone(broken, { via: { ...anew(), role: 'application', scopes: ['people'] } });
  expect(broken.letters).toHaveLength(1);
  await plaza.sql`delete from sign_in_failures where key like 'first-letters/%'`;
});

test('an e-mail address is verified by the code of a letter', async () => {
  const { who, email } = await someone(plaza);
  await plaza.accounts.sendEmailCode(who);
  const code = codeTo(email);
  await expect(reset(email, code), 'a code for one purpose is none for another').rejects.toEqual(wrongCode);
  await expect(plaza.accounts.verifyEmail(who, { code: '1' })).rejects.toEqual(wrongCode);
  expect((await plaza.accounts.verifyEmail(who, { code })).emailVerified).toBe(true);
  await expect(plaza.accounts.verifyEmail(who, { code })).rejects.toEqual(wrongCode);
  const sent = plaza.letters.length;
  await plaza.accounts.sendEmailCode(who);
  expect(plaza.letters).toHaveLength(sent);
});

test('codes are not kept as they are', async () => {
  const { who, code } = await forgotten();
  const [kept] = await plaza.sql<{ hash: Buffer }[]>`select hash from one_time_codes where account = ${who.account}`;
  expect(kept?.hash).toHaveLength(32);
  expect(kept?.hash.toString('latin1')).not.toContain(code);
});
