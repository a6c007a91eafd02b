import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, Message } from '../contracts/nouns.ts';
import type { OpenChannel, Storage } from './index.ts';
import { isAt, openTestHouse, openTestWorld, type TestHouse, type TestWorld } from './testing.ts';

let plaza: TestHouse;
let world: TestWorld;
let channel: Channel;
let things: Map<string, string>;
let storage: Storage;

beforeAll(async () => {
  plaza = await openTestHouse();
  world = await openTestWorld(plaza);
});
beforeEach(async () => {
  things = new Map();
  storage = {
    get: (key) => things.get(key) ?? null,
    set: (key, value) => void things.set(key, value),
    remove: (key) => void things.delete(key),
  };
  channel = await world.chat();
  await world.post(channel, 1, 100);
});
afterEach(() => world.tidy());
afterAll(() => plaza?.stop());

/** A page that shows the end of the channel, and is gone; then the wire is down. */
async function readAndLeave(): Promise<void> {
  const client = await world.clientOf(world.ben, { storage });
  const here = await client.open(channel.id);
  here.sees(90, 100);
  client.keep();
  client.close();
  plaza.wire.open(false);
  plaza.wire.cut();
}

/** The next page, without a connection. */
async function openOffline() {
  const client = await world.clientOf(world.ben, { storage });
  const early = Promise.withResolvers<OpenChannel>();
  const opened = client.open(channel.id, { at: 'unread', early: early.resolve });
  opened.catch(() => {});
  await isAt(client, 'waiting');
  return { client, opened, early: await early.promise };
}

async function connectAgain({ client }: Awaited<ReturnType<typeof openOffline>>): Promise<void> {
  plaza.wire.open(true);
  client.reconnect();
  await isAt(client, 'live');
}

const numbersOf = ({ state }: OpenChannel) => state.value.log?.messages.map(({ number }) => number) ?? [];
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('a page that begins without a connection shows what the last one had, and what is sent in it', async () => {
  await readAndLeave();
  const { client, early } = await openOffline();
  expect(numbersOf(early)).toEqual(range(51, 100));
  expect(client.state.value.me?.id).toBe(world.ben.id);
  expect(client.state.value.people.get(world.ana.id)?.name).toBe('Ana');
  expect(client.state.value.communities.map(({ community }) => community.id)).toEqual([world.community.id]);
  expect(client.state.value.channels.get(channel.id)?.number).toBe(100);
  void early.send('From the cellar');
  expect(early.state.value.pending.map(({ body }) => body)).toEqual(['From the cellar']);
});

test('[L7] it misses nothing of what changed meanwhile, and sends what was written', async () => {
  await readAndLeave();
  await world.post(channel, 101, 105);
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}/messages/95`, { body: 'Rather this' });
  await world.ana.rest('DELETE', `/v1/channels/${channel.id}/messages/96`);
  const page = await openOffline();
  expect(numbersOf(page.early)).toEqual(range(51, 100));
  const sent = page.early.send('From the cellar');
  await connectAgain(page);
  expect(await sent).toBe(106);
  const here = await page.opened;
  await expect.poll(() => numbersOf(here)).toEqual(range(51, 106));
  const { items } = await world.ben.rest<{ items: Message[] }>('GET', `/v1/channels/${channel.id}/messages?after=50&limit=100`);
  expect(here.state.value.log?.messages).toEqual(items.toSorted((a, b) => a.number - b.number));
  expect(here.state.value.log?.messages[95 - 51]?.body).toBe('Rather this');
  expect(here.state.value.pending).toEqual([]);
});

test('[L13] what is of another epoch is forgotten once the server is heard', async () => {
  await readAndLeave();
  for (const [key, value] of things) things.set(key, value.replaceAll(/"epoch":"[^"]*"/g, '"epoch":"of another world"'));
  const page = await openOffline();
  expect(numbersOf(page.early)).toHaveLength(50);
  page.early.sees(51, 55);
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}/messages/100`, { body: 'Rather this' });
  await connectAgain(page);
  const here = await page.opened;
  expect(here.state.value.log?.messages.at(-1)?.body).toBe('Rather this');
});

test('[L9] what may not be read any more is kept no longer', async () => {
  const gina = await world.person('Gina');
  const group = await world.ana.rest<Channel>('POST', '/v1/groups', { people: [world.ben.id, gina.id], name: 'Us' });
  channel = group;
  await world.post(group, 1, 3);
  await readAndLeave();
  const page = await openOffline();
  expect(numbersOf(page.early)).toEqual([1, 2, 3]);
  expect([...things.values()].some((kept) => kept.includes('"body":"2"'))).toBe(true);
  await world.ana.rest('DELETE', `/v1/channels/${group.id}/members/${world.ben.id}`);
  await connectAgain(page);
  await expect(page.opened).rejects.toThrow();
  expect(page.early.state.value.left).toBe(true);
  expect([...things.values()].some((kept) => kept.includes('"body":"2"'))).toBe(false);
});

test('a device that is signed out keeps nothing of what others wrote', async () => {
  const client = await world.clientOf(world.ben, { storage });
  (await client.open(channel.id)).sees(90, 100);
  client.keep();
  expect(things.size).toBe(2);
  await client.rest('POST', '/v1/sign-out', {});
  await isAt(client, 'closed');
  expect(things.size).toBe(0);
});
