import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel } from '../contracts/nouns.ts';
import type { Client, Storage } from './index.ts';
import { isAt, openTestHouse, openTestWorld, type TestHouse, type TestWorld } from './testing.ts';

let plaza: TestHouse;
let world: TestWorld;
let channel: Channel;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function device(storage?: Storage): Promise<Client> {
  const one = await world.clientOf(world.ben, storage && { storage });
  await isAt(one, 'live');
  return one;
}

beforeAll(async () => {
  plaza = await openTestHouse();
  world = await openTestWorld(plaza);
});
beforeEach(async () => {
  channel = await world.chat();
});
afterEach(() => world.tidy());
afterAll(() => plaza?.stop());

test('a draft is here at once, after a pause on the other device, and gone everywhere once it is sent', async () => {
  const [one, other] = await Promise.all([device(), device()]);
  one.saveDraft(channel.id, { body: 'Half a', replyTo: null });
  one.saveDraft(channel.id, { body: 'Half a thought' });
  expect(one.draft(channel.id)).toMatchObject({ body: 'Half a thought', title: '', replyTo: null });
  expect(one.state.value.drafts.has(channel.id)).toBe(true);
  expect(other.draft(channel.id)).toBe(null);
  await expect.poll(() => other.state.value.drafts.get(channel.id)).toMatchObject({ body: 'Half a thought' });
  expect((await device()).draft(channel.id)).toMatchObject({ body: 'Half a thought' });
  const here = await other.open(channel.id);
  await here.send('Half a thought and the other half');
  expect(other.draft(channel.id)).toBe(null);
  await expect.poll(() => one.draft(channel.id), { timeout: 10_000 }).toBe(null);
  expect((await device()).draft(channel.id)).toBe(null);
});

test('keystrokes do not move the state; beginning, sending and ending do', async () => {
  const one = await device();
  let changes = 0;
  one.state.subscribe(() => changes++);
  for (let i = 1; i <= 50; i++) one.saveDraft(channel.id, { body: 'a'.repeat(i) });
  expect(changes).toBe(1);
  one.sendDrafts();
  expect(one.state.value.drafts.get(channel.id)?.body).toHaveLength(50);
  one.saveDraft(channel.id, { body: '' });
  expect(one.state.value.drafts.has(channel.id)).toBe(false);
});

test('what another device saves waits while somebody types here, and counts afterwards', async () => {
  const [one, other, third] = await Promise.all([device(), device(), device()]);
  const seen = new Set<string | undefined>();
  third.state.subscribe(({ drafts }) => seen.add(drafts.get(channel.id)?.body));
  one.saveDraft(channel.id, { body: 'typed' });
  other.saveDraft(channel.id, { body: 'typed there' });
  other.sendDrafts();
  // Saved, and so what is typed from here on is the later one.
  await expect.poll(() => seen.has('typed there')).toBe(true);
  one.saveDraft(channel.id, { body: 'typed here' });
  await expect.poll(() => one.state.value.drafts.get(channel.id)?.body).toBe('typed here');
  await expect.poll(() => other.draft(channel.id)?.body).toBe('typed here');
  expect(one.draft(channel.id)?.body).toBe('typed here');
  await pause(3500);
  other.saveDraft(channel.id, { body: 'typed there, later' });
  await expect.poll(() => one.draft(channel.id)?.body).toBe('typed there, later');
});

test('a draft typed while cut is sent after the cut', async () => {
  const one = await device();
  plaza.wire.open(false);
  plaza.wire.cut();
  one.saveDraft(channel.id, { body: 'typed offline' });
  one.sendDrafts();
  await pause(50);
  plaza.wire.open(true);
  one.reconnect();
  await expect.poll(async () => (await device()).draft(channel.id)?.body).toBe('typed offline');
});

test('a draft outlives the page that could not send it, and is sent by the next one', async () => {
  const things = new Map<string, string>();
  const storage: Storage = {
    get: (key) => things.get(key) ?? null,
    set: (key, value) => void things.set(key, value),
    remove: (key) => void things.delete(key),
  };
  const one = await device(storage);
  plaza.wire.open(false);
  plaza.wire.cut();
  one.saveDraft(channel.id, { body: 'Written in a tunnel' });
  one.close();
  const next = await world.clientOf(world.ben, { storage });
  expect(next.draft(channel.id)?.body).toBe('Written in a tunnel');
  expect(next.state.value.drafts.get(channel.id)?.body).toBe('Written in a tunnel');
  plaza.wire.open(true);
  next.reconnect();
  await expect.poll(async () => (await device()).draft(channel.id)?.body).toBe('Written in a tunnel');
  await expect.poll(() => things.size).toBe(0);
});

test('the draft of a place that is not there is kept here only', async () => {
  const one = await device();
  one.saveDraft('1', { body: 'to nowhere' });
  one.sendDrafts();
  await pause(300);
  expect(one.draft('1')?.body).toBe('to nowhere');
  expect(one.state.value.connection.at).toBe('live');
});
