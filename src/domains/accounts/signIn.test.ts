import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guest, type Who } from '../policy/index.ts';
import { admin, type Installation, installation, password, refusal, someone } from './testing.ts';

let plaza: Installation;
let boss: Who;
beforeAll(async () => {
  plaza = await installation();
  boss = await admin(plaza);
});
afterAll(() => plaza.end());

const home = guest('192.0.2.1');

test('signing in by the address in any case', async () => {
  const { email, signedIn } = await someone(plaza);
  const again = await plaza.accounts.signIn(home, { email: ` ${email.toUpperCase()} `, password });
  expect(again.account).toEqual(signedIn.account);
  expect(again.person).toEqual(signedIn.person);
  expect(again.device.id).not.toBe(signedIn.device.id);
});

test('a wrong password and an unknown address are refused in the same words', async () => {
  const { email } = await someone(plaza);
  const refused = (address: string) =>
    plaza.accounts.signIn(home, { email: address, password: 'not the password' }).catch((error: unknown) => error);
  const [wrong, unknown] = [await refused(email), await refused('who@example.org')];
  expect(wrong).toEqual(refusal('wrong_credentials'));
  expect(unknown).toEqual(wrong);
});

test('the same client is the same device, and its former refresh token is void without ending it', async () => {
  const { email, signedIn } = await someone(plaza, { clientId: 'phone' });
  const again = await plaza.accounts.signIn(home, { email, password, clientId: 'phone', deviceName: 'Phone' });
  expect(again.device).toMatchObject({ id: signedIn.device.id, name: 'Phone' });
  await expect(plaza.accounts.refresh(home, signedIn.tokens)).rejects.toEqual(refusal('unauthenticated'));
  await plaza.accounts.refresh(home, again.tokens);
});

test('a password that is changed while somebody signs in with the old one leaves no device behind', async () => {
  const { email, who } = await someone(plaza);
  const [, changed] = await Promise.allSettled([
    plaza.accounts.signIn(home, { email, password }),
    plaza.accounts.changePassword(who, { current: password, next: 'eight blue kingfishers' }),
    plaza.accounts.signIn(home, { email, password }),
  ]);
  expect(changed.status).toBe('fulfilled');
  const { items } = await plaza.accounts.devices(who, {});
  expect(items.map(({ node }) => node.id)).toEqual([who.device]);
});

describe('applications', () => {
  test("an application signs its own people up and in, and they are not the place's", async () => {
    const shop = await plaza.applications.create(boss, { name: 'Shop' });
    const bank = await plaza.applications.create(boss, { name: 'Bank' });
    const [asShop, asBank] = [
      await plaza.accounts.authenticate(shop.token, '192.0.2.2'),
      await plaza.accounts.authenticate(bank.token, '192.0.2.3'),
    ];
    const email = 'customer@example.org';
    const { who, signedIn } = await someone(plaza, { via: asShop, email });
    expect(who.application).toBe(shop.application.id);

    await expect(plaza.accounts.signIn(home, { email, password })).rejects.toEqual(refusal('wrong_credentials'));
    await expect(plaza.accounts.signIn(asBank, { email, password })).rejects.toEqual(refusal('wrong_credentials'));
    await expect(plaza.accounts.refresh(asBank, signedIn.tokens)).rejects.toEqual(refusal('unauthenticated'));
    await expect(plaza.accounts.setRole(boss, { account: signedIn.account.id, role: 'admin' })).rejects.toEqual(refusal('not_found'));
    await expect(plaza.accounts.setRole(boss, { person: signedIn.person.id, role: 'admin' })).rejects.toEqual(refusal('not_found'));

    await plaza.accounts.signIn(asShop, { email, password });
    const renewed = await plaza.accounts.refresh(home, signedIn.tokens);
    expect((await plaza.accounts.authenticate(renewed.tokens.access, '192.0.2.1')).application).toBe(shop.application.id);
  });

  test('a token without the scope people does not', async () => {
    const { application } = await plaza.applications.create(boss, { name: 'Reader' });
    const { token } = await plaza.applications.createToken(boss, { application: application.id, name: 'r', scopes: ['read', 'write'] });
    const reader = await plaza.accounts.authenticate(token, '192.0.2.2');
    await expect(plaza.accounts.signUp(reader, { name: 'A', email: 'a@example.org', password })).rejects.toEqual(refusal('forbidden'));
    await expect(plaza.accounts.signIn(reader, { email: 'a@example.org', password })).rejects.toEqual(refusal('forbidden'));
    await expect(plaza.accounts.forgotPassword(reader, { email: 'a@example.org' })).rejects.toEqual(refusal('forbidden'));
  });
});
