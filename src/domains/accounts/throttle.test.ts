import { afterAll, beforeAll, expect, test } from 'vitest';
import { guest } from '../policy/index.ts';
import { type Installation, installation, password, refusal, someone } from './testing.ts';
import { network } from './throttle.ts';

let plaza: Installation;
beforeAll(async () => {
  plaza = await installation();
});
afterAll(() => plaza.end());

const from = (address: string) => guest(address);

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:aaaa::1', '2001:db8:0:1::/64'],
  ['2001:0DB8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the network of %s is %s', (address, expected) => {
  expect(network(address)).toBe(expected);
});

test('an account is throttled whatever the address and the process, known or not', async () => {
  const other = await plaza.another();
  const { email } = await someone(plaza);
  for (const who of [email, 'nobody@example.org']) {
    for (let n = 0; n < 10; n++) {
      const { accounts } = n % 2 ? plaza : other;
      await expect(accounts.signIn(from(`198.51.100.${n}`), { email: who, password: 'not the password' })).rejects.toEqual(
        refusal('wrong_credentials'),
      );
    }
    for (const { accounts } of [plaza, other]) {
      const tried = accounts.signIn(from('203.0.113.1'), { email: who.toUpperCase(), password });
      await expect(tried).rejects.toEqual(refusal('too_many_requests', { retryAfter: expect.any(Number) as number }));
    }
  }
});

test('who guesses elsewhere does not keep the owner out, who still guesses no faster at home', async () => {
  const { email } = await someone(plaza);
  await plaza.accounts.signIn(from('192.0.2.60'), { email, password });
  const guess = (address: string) => plaza.accounts.signIn(from(address), { email, password: 'not the password' });
  for (let n = 0; n < 10; n++) await expect(guess(`198.51.100.${n}`)).rejects.toEqual(refusal('wrong_credentials'));
  await expect(guess('198.51.100.99')).rejects.toEqual(refusal('too_many_requests'));
  await plaza.accounts.signIn(from('192.0.2.60'), { email, password });
  for (let n = 0; n < 10; n++) await expect(guess('192.0.2.60')).rejects.toEqual(refusal('wrong_credentials'));
  await expect(guess('192.0.2.60')).rejects.toEqual(refusal('too_many_requests'));
});

test('many guesses at once do not pass together', async () => {
  const { email } = await someone(plaza);
  const tries = Array.from({ length: 30 }, (_, n) =>
    plaza.accounts.signIn(from(`198.51.100.${n}`), { email, password: `not the password ${n}` }),
  );
  const codes = (await Promise.allSettled(tries)).map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'signed in'));
  expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(10);
  expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(20);
});

test('success forgets the failures before it', async () => {
  const { email } = await someone(plaza);
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 9; n++) {
      await expect(plaza.accounts.signIn(from('192.0.2.20'), { email, password: 'wrong one' })).rejects.toEqual(
        refusal('wrong_credentials'),
      );
    }
    await plaza.accounts.signIn(from('192.0.2.20'), { email, password });
  }
});

test('an address is throttled over all accounts, and its neighbour is not', async () => {
  await plaza.sql`insert into sign_in_failures (key, count, since) values ('tries/192.0.2.30', 100, now())`;
  const { email } = await someone(plaza);
  await expect(plaza.accounts.signIn(from('192.0.2.30'), { email, password })).rejects.toEqual(refusal('too_many_requests'));
  await plaza.accounts.signIn(from('192.0.2.31'), { email, password });
});

test('what is long over counts no more and is swept', async () => {
  await plaza.sql`insert into sign_in_failures (key, count, since) values ('tries/192.0.2.40', 500, now() - interval '16 minutes'), ('old', 1, now() - interval '1 day')`;
  const { email } = await someone(plaza);
  await plaza.accounts.signIn(from('192.0.2.40'), { email, password });
  expect(await plaza.sql`select from sign_in_failures where key = 'old'`).toHaveLength(0);
});

test('who asks for many addresses whether they have an account is stopped', async () => {
  const { email } = await someone(plaza);
  const ask = () => plaza.accounts.signUp(from('192.0.2.50'), { name: 'Eve', email, password });
  for (let n = 0; n < 20; n++) await expect(ask()).rejects.toEqual(refusal('taken', { field: 'email' }));
  await expect(ask()).rejects.toEqual(refusal('too_many_requests'));
});
