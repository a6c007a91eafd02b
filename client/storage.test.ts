import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, Message } from '../contracts/nouns.ts';
import type { Storage } from './index.ts';
import { isAt, openTestHouse, openTestWorld, type TestHouse, type TestWorld } from './testing.ts';

let plaza: TestHouse;
let world: TestWorld;
let channel: Channel;

function memory() {
  const things = new Map<string, string>();
  const storage: Storage = {
    get: (key) => things.get(key) ?? null,
    set: (key, value) => void things.set(key, value),
    remove: (key) => void things.delete(key),
  };
  return { things, storage };
}

async function bodies(): Promise<(string | null)[]> {
  const { items } = await world.ana.rest<{ items: Message[] }>('GET', `/v1/channels/${channel.id}/messages`);
  return items.toSorted((a, b) => a.number - b.number).map((message) => message.body);
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

test('[L4] what was sent while cut, by a page that is gone, arrives exactly once and in order', async () => {
  const { things, storage } = memory();
  const first = await world.clientOf(world.ben, { storage });
  const here = await first.open(channel.id);
  plaza.wire.open(false);
  plaza.wire.cut();
  void here.send('1');
  void here.send('2', { replyTo: 1 });
  first.close();
  const second = await world.clientOf(world.ben, { storage });
  plaza.wire.open(true);
  second.reconnect();
  // The page does not even open the channel.
  await expect.poll(bodies).toEqual(['1', '2']);
  await expect.poll(() => things.size).toBe(0);
});

test('[L4] committed, but the page was gone before the answer: the next one sends it again, and it is there once', async () => {
  const { things, storage } = memory();
  const first = await world.clientOf(world.ben, { storage });
  const here = await first.open(channel.id);
  plaza.wire.deafen(true);
  void here.send('1');
  await expect.poll(bodies).toEqual(['1']);
  first.close();
  expect(things.size).toBe(1);
  plaza.wire.deafen(false);
  const again = await (await world.clientOf(world.ben, { storage })).open(channel.id);
  await expect.poll(() => things.size).toBe(0);
  await expect.poll(() => again.state.value.pending).toEqual([]);
  expect(await again.send('2')).toBe(2);
  expect(await bodies()).toEqual(['1', '2']);
});

test('[L4] two tabs that share what is unsent send it once', async () => {
  const { things, storage } = memory();
  const one = await world.clientOf(world.ben, { storage });
  const here = await one.open(channel.id);
  plaza.wire.open(false);
  plaza.wire.cut();
  void here.send('1');
  const other = await world.clientOf(world.ben, { storage });
  plaza.wire.open(true);
  one.reconnect();
  other.reconnect();
  await Promise.all([isAt(one, 'live'), isAt(other, 'live')]);
  await expect.poll(() => things.size).toBe(0);
  await expect.poll(() => here.state.value.pending).toEqual([]);
  expect(await bodies()).toEqual(['1']);
});

test('a refused message is there with the reason after a reload, until it is sent or discarded', async () => {
  const { things, storage } = memory();
  const first = await world.clientOf(world.ben, { storage });
  const here = await first.open(channel.id);
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}`, { posting: 'moderators' });
  void here.send('1');
  void here.send('2');
  await expect.poll(() => here.state.value.pending.map(({ refused }) => refused?.code)).toEqual(['forbidden', 'forbidden']);
  const rule = here.state.value.pending[0]?.refused?.details.rule;
  expect(rule).toBeTypeOf('string');
  first.close();
  const again = await (await world.clientOf(world.ben, { storage })).open(channel.id);
  expect(again.state.value.pending).toMatchObject([
    { body: '1', refused: { code: 'forbidden', details: { rule } } },
    { body: '2', refused: { code: 'forbidden', details: { rule } } },
  ]);
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}`, { posting: 'everyone' });
  const [one, two] = again.state.value.pending;
  again.discard(one?.key ?? '');
  again.retry(two?.key ?? '');
  await expect.poll(bodies).toEqual(['2']);
  await expect.poll(() => things.size).toBe(0);
});

test('what one person did not send is not sent by another who signs in here', async () => {
  const { things, storage } = memory();
  const bens = await world.clientOf(world.ben, { storage });
  const here = await bens.open(channel.id);
  plaza.wire.open(false);
  plaza.wire.cut();
  void here.send("Ben's words");
  bens.close();
  plaza.wire.open(true);
  const anas = await world.clientOf(world.ana, { storage });
  await (await anas.open(channel.id)).send("Ana's words");
  expect(await bodies()).toEqual(["Ana's words"]);
  expect([...things.values()].join()).toContain("Ben's words");
});

test('a storage that is full or broken does not stop anything', async () => {
  const storage: Storage = {
    get: () => 'not JSON',
    set() {
      throw new Error('QuotaExceededError');
    },
    remove() {},
  };
  const here = await (await world.clientOf(world.ben, { storage })).open(channel.id);
  expect(await here.send('1')).toBe(1);
});
