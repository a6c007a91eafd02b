import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Client, type ClientOptions, createClient, type Lock, signIn, signUp, type Tokens } from './index.ts';
import { openTestHouse, type TestHouse } from './testing.ts';

/** Its access tokens last five seconds. */
let hasty: TestHouse;
const account = { email: 'eve@example.org', password: 'a rather long pass phrase' };
const clients: Client[] = [];

const device = () => signIn(hasty.direct, account);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isAt = (one: Client, at: string) => expect.poll(() => one.state.value.connection.at).toBe(at);

function client(options: Partial<ClientOptions> & Pick<ClientOptions, 'tokens'>): Client {
  const made = createClient({ url: hasty.url, ...options });
  clients.push(made);
  return made;
}

beforeAll(async () => {
  hasty = await openTestHouse({ accessTokenMinutes: 5 / 60 });
  await signUp(hasty.direct, { ...account, name: 'Eve' });
});
afterEach(() => {
  for (const one of clients.splice(0)) one.close();
});
afterAll(() => hasty?.stop());

test('tokens are renewed before their end, without a cut', { timeout: 90_000 }, async () => {
  // A quarter of its time is left when a token is renewed: long enough for a busy machine.
  const seconds = 16;
  const house = await openTestHouse({ accessTokenMinutes: seconds / 60 });
  try {
    const tokens = await signUp(house.direct, { ...account, name: 'Eve' });
    const renewed: Tokens[] = [];
    const at = new Set<string>();
    const one = client({ url: house.url, tokens, onTokens: (tokens) => renewed.push(tokens) });
    await isAt(one, 'live');
    one.state.subscribe(({ connection }) => at.add(connection.at));
    await expect.poll(() => renewed.length, { timeout: 60_000 }).toBeGreaterThan(0);
    await pause((seconds / 4) * 1000 + 1000);
    expect([...at]).toEqual(['live']);
    one.close();
  } finally {
    await house.stop();
  }
});

test('tokens are renewed after their end, be it at the next connection or at a REST call', async () => {
  const one = client({ tokens: await device() });
  await isAt(one, 'live');
  hasty.wire.open(false);
  hasty.wire.cut();
  await pause(5500);
  hasty.wire.open(true);
  one.reconnect();
  await isAt(one, 'live');
  expect(await one.rest('GET', '/v1/me')).toMatchObject({ person: { name: 'Eve' } });
});

test('tokens of the same sign-in may be shared: what another one renewed is taken over', async () => {
  let kept: Tokens = await device();
  const onTokens = (tokens: Tokens) => {
    kept = tokens;
  };
  const share = { tokens: kept, onTokens, keptTokens: () => kept };
  const [one, other] = [client(share), client(share)];
  await Promise.all([isAt(one, 'live'), isAt(other, 'live')]);
  const first = kept;
  await expect.poll(() => kept.refresh).not.toBe(first.refresh);
  // Beyond the end of what each of them began with.
  await pause(6500);
  await Promise.all([isAt(one, 'live'), isAt(other, 'live')]);
});

test('two tabs that share tokens and a lock renew once, even in the same moment', async () => {
  let kept: Tokens = await device();
  let renewals = 0;
  const onTokens = (tokens: Tokens) => {
    kept = tokens;
    renewals++;
  };
  let last: Promise<unknown> = Promise.resolve();
  const lock: Lock = (work) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  const share = { tokens: kept, onTokens, keptTokens: () => kept, lock };
  hasty.wire.open(false);
  hasty.wire.cut();
  const tabs = [client(share), client(share), client(share)];
  // All of them find the token spent when the wire is there again.
  await pause(5500);
  hasty.wire.open(true);
  await Promise.all(tabs.map((tab) => tab.rest('GET', '/v1/me')));
  expect(renewals).toBe(1);
  for (const tab of tabs) {
    tab.reconnect();
    await isAt(tab, 'live');
  }
});

test('tokens that cannot be renewed end the session', async () => {
  const { access } = await device();
  const one = client({ tokens: { access } });
  await isAt(one, 'live');
  await expect.poll(() => one.state.value.connection).toMatchObject({ at: 'closed', error: { code: 'unauthenticated' } });
  const two = client({ tokens: { access, refresh: 'unknown' } });
  await expect.poll(() => two.state.value.connection).toMatchObject({ at: 'closed', error: { code: 'unauthenticated' } });
  await expect(two.open('1')).rejects.toMatchObject({ code: 'unauthenticated' });
});
