import { afterAll, beforeAll, expect, test } from 'vitest';
import { guest, type Who } from '../policy/index.ts';
import { type Installation, installation, password, refusal, someone } from './testing.ts';

let plaza: Installation;
beforeAll(async () => {
  plaza = await installation();
});
afterAll(() => plaza.end());

const home = guest('192.0.2.1');
const refused = refusal('unauthenticated');

/** Somebody with four devices; the first one speaks. */
async function fourDevices() {
  const { who, email, signedIn } = await someone(plaza, { clientId: 'd0' });
  const more = [];
  for (const clientId of ['d1', 'd2', 'd3']) more.push(await plaza.accounts.signIn(home, { email, password, clientId }));
  return { who, devices: [signedIn, ...more] };
}

const names = async (who: Who) => (await plaza.accounts.devices(who, {})).items.map(({ node }) => node.clientId);

test('devices are listed page by page, newest first, the present one marked', async () => {
  const { who } = await fourDevices();
  const first = await plaza.accounts.devices(who, { first: 3 });
  expect(first.items.map(({ node }) => [node.clientId, node.current])).toEqual([
    ['d3', false],
    ['d2', false],
    ['d1', false],
  ]);
  expect(first.hasNext).toBe(true);
  const second = await plaza.accounts.devices(who, { first: 3, after: first.items.at(-1)?.cursor });
  expect(second.items.map(({ node }) => [node.clientId, node.current])).toEqual([['d0', true]]);
  expect(second.hasNext).toBe(false);
});

test('one, several or all are signed out; each at once and in every process [L9]', async () => {
  const other = await plaza.another();
  const { who, devices } = await fourDevices();
  const [d0, d1, d2, d3] = devices.map(({ device }) => device.id);
  for (const { tokens } of devices) {
    await plaza.accounts.authenticate(tokens.access, '');
    await other.accounts.authenticate(tokens.access, '');
  }
  const gone = async (n: number) => {
    const { access, refresh } = devices[n]?.tokens ?? { access: '', refresh: '' };
    await expect(plaza.accounts.authenticate(access, '')).rejects.toEqual(refused);
    await expect.poll(() => other.accounts.authenticate(access, '').catch((error: unknown) => error)).toEqual(refused);
    await expect(plaza.accounts.refresh(home, { refresh })).rejects.toEqual(refused);
    await expect.poll(() => plaza.events).toContainEqual({ to: 'access', event: { type: 'access', device: devices[n]?.device.id } });
  };

  expect(await plaza.accounts.signOut(who, { devices: [d3 ?? ''] })).toEqual({ signedOut: [d3] });
  await gone(3);
  expect(await names(who)).toEqual(['d2', 'd1', 'd0']);
  expect((await plaza.accounts.signOut(who, { devices: [d1 ?? '', d3 ?? '', d1 ?? ''] })).signedOut).toEqual([d1]);
  await gone(1);
  expect((await plaza.accounts.signOut(who, { all: true })).signedOut.toSorted()).toEqual([d0, d2].toSorted());
  await gone(0);
  await gone(2);
});

test('without a word it is the device that asks', async () => {
  const { who } = await someone(plaza);
  expect(await plaza.accounts.signOut(who, {})).toEqual({ signedOut: [who.device] });
});

test("somebody else's device is not there, and nothing happens to one's own", async () => {
  const [ana, bo] = [await someone(plaza), await someone(plaza)];
  const both = [ana.who.device ?? '', bo.who.device ?? ''];
  await expect(plaza.accounts.signOut(ana.who, { devices: both })).rejects.toEqual(refusal('not_found'));
  for (const { signedIn } of [ana, bo]) await plaza.accounts.authenticate(signedIn.tokens.access, '');
});

test.each([[['0']], [['x']], [['9'.repeat(30)]]])('no device: %j', async (devices) => {
  const { who } = await someone(plaza);
  await expect(plaza.accounts.signOut(who, { devices })).rejects.toEqual(refusal('not_found'));
});

test('many sign-outs of all at once end in all signed out, once each', async () => {
  const { who } = await fourDevices();
  const outs = await Promise.all(Array.from({ length: 5 }, () => plaza.accounts.signOut(who, { all: true })));
  expect(outs.flatMap(({ signedOut }) => signedOut)).toHaveLength(4);
});

test('a client that was signed out comes back as a new device', async () => {
  const { who, email } = await someone(plaza, { clientId: 'phone' });
  await plaza.accounts.signOut(who, {});
  const again = await plaza.accounts.signIn(home, { email, password, clientId: 'phone' });
  expect(again.device.id).not.toBe(who.device);
});

test('guests have no devices', async () => {
  await expect(plaza.accounts.devices(home, {})).rejects.toEqual(refused);
  await expect(plaza.accounts.signOut(home, {})).rejects.toEqual(refused);
});
