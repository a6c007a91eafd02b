import { execFile } from 'node:child_process';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Channel, Community } from '../contracts/nouns.ts';
import { type OpenChannel, PlazaError, signIn } from './index.ts';
import { isAt, openTestHouse, openTestWorld, password, type TestHouse, type TestPerson, type TestWorld } from './testing.ts';

let plaza: TestHouse;
let world: TestWorld;
let ana: TestPerson;
let ben: TestPerson;
let community: Community;

const clientOf: TestWorld['clientOf'] = (who, more) => world.clientOf(who, more);
const chat: TestWorld['chat'] = (more) => world.chat(more);
const post: TestWorld['post'] = (channel, from, to) => world.post(channel, from, to);
const bodies = ({ state }: OpenChannel) => state.value.log?.messages.map((message) => message.body);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const upTo = (number: number) => Array.from({ length: number }, (_, i) => `${i + 1}`);

/** What a client sees that begins now, with as many messages loaded. */
async function freshly(channel: OpenChannel) {
  const fresh = await (await clientOf(ben)).open(channel.id);
  const loaded = channel.state.value.log?.messages.length ?? 0;
  while ((fresh.state.value.log?.messages.length ?? 0) < loaded && (await fresh.older(200)));
  const { version, number, messages = [], details } = fresh.state.value.log ?? {};
  return { version, number, details, messages: messages.slice(-loaded) };
}

function seen({ state }: OpenChannel) {
  const { version, number, messages, details } = state.value.log ?? {};
  return { version, number, details, messages };
}

beforeAll(async () => {
  plaza = await openTestHouse();
  world = await openTestWorld(plaza);
  ({ ana, ben, community } = world);
});
afterEach(() => world.tidy());
afterAll(() => plaza?.stop());

test('two people talk: drawn at once, acknowledged, heard, read and unread', async () => {
  const channel = await chat();
  const [anas, bens] = await Promise.all([clientOf(ana), clientOf(ben)]);
  const [here, there] = await Promise.all([anas.open(channel.id), bens.open(channel.id)]);
  const sent = here.send('Does anybody hear me?');
  expect(here.state.value.pending).toMatchObject([{ body: 'Does anybody hear me?' }]);
  expect(await sent).toBe(1);
  await expect.poll(() => bodies(there)).toEqual(['Does anybody hear me?']);
  await expect.poll(() => here.state.value.pending).toEqual([]);
  expect(bens.state.value.people.get(ana.id)).toMatchObject({ name: 'Ana' });
  const unread = () => bens.state.value.channels.get(channel.id);
  expect(unread()).toMatchObject({ number: 1, read: 0 });
  there.read(1);
  await expect.poll(unread).toMatchObject({ number: 1, read: 1 });
  await there.react(1, '👍', true);
  await there.send('I do.', { replyTo: 1 });
  await here.edit(1, 'Who hears me?');
  const messages = [{ body: 'Who hears me?', reactions: [{ count: 1 }] }, { replyTo: 1 }];
  // An own edit is shown before its event is here; the version tells that it is.
  await expect.poll(() => seen(here)).toMatchObject({ version: 4, messages });
  await expect.poll(() => seen(there)).toEqual(seen(here));
  expect(there.state.value.log?.marks.get(1)).toMatchObject({ emoji: ['👍'] });
});

test('[L4] [L8] whatever is cut, every message is there once and in order, and all see the same', async () => {
  const channel = await chat();
  const [anas, bens] = await Promise.all([clientOf(ana), clientOf(ben)]);
  const [here, there] = await Promise.all([anas.open(channel.id), bens.open(channel.id)]);
  let cuts = 0;
  const knife = setInterval(() => {
    plaza.wire.cut();
    cuts++;
  }, 300);
  const sent: Promise<number>[] = [];
  for (const body of upTo(60)) {
    sent.push(here.send(body));
    await pause(30);
  }
  clearInterval(knife);
  expect(await Promise.all(sent)).toEqual(upTo(60).map(Number));
  expect(cuts).toBeGreaterThan(3);
  await expect.poll(() => bodies(there)).toEqual(upTo(60));
  await expect.poll(() => bodies(here)).toEqual(upTo(60));
  expect(here.state.value.pending).toEqual([]);
  expect(seen(there)).toEqual(await freshly(there));
});

test('[L4] a cut between send and answer: sent again under the same key, there once', async () => {
  const channel = await chat();
  const here = await (await clientOf(ana)).open(channel.id);
  plaza.wire.deafen(true);
  const sent = [here.send('1'), here.send('2')];
  const committed = async () => (await ana.rest<{ items: unknown[] }>('GET', `/v1/channels/${channel.id}/messages`)).items.length;
  await expect.poll(committed).toBe(1);
  plaza.wire.deafen(false);
  plaza.wire.cut();
  expect(await Promise.all(sent)).toEqual([1, 2]);
  await expect.poll(() => bodies(here)).toEqual(['1', '2']);
  expect(here.state.value.pending).toEqual([]);
});

test('a dead connection is noticed by an answer that does not come', { timeout: 90_000 }, async () => {
  const channel = await chat();
  const anas = await clientOf(ana);
  const here = await anas.open(channel.id);
  plaza.wire.pause(true);
  const sent = here.send('1');
  // What was on its way at the pause may count for the answer to a first question; the next one tells.
  await expect.poll(() => anas.state.value.connection.at, { timeout: 40_000 }).not.toBe('live');
  plaza.wire.cut();
  plaza.wire.pause(false);
  expect(await sent).toBe(1);
});

test('a refused message stays with the reason until it is sent again or discarded, and holds up no other', async () => {
  const channel = await chat();
  const there = await (await clientOf(ben)).open(channel.id);
  const refused = there.send('x'.repeat(10_001));
  const sent = there.send('1');
  await expect(refused).rejects.toMatchObject({ code: 'invalid_input' });
  expect(await sent).toBe(1);
  await expect.poll(() => there.state.value.pending).toMatchObject([{ refused: { code: 'invalid_input' } }]);
  there.discard(there.state.value.pending[0]?.key ?? '');
  expect(there.state.value.pending).toEqual([]);

  await ana.rest('PATCH', `/v1/channels/${channel.id}`, { posting: 'moderators' });
  void there.send('2');
  await expect.poll(() => there.state.value.pending).toMatchObject([{ refused: { code: 'forbidden' } }]);
  await ana.rest('PATCH', `/v1/channels/${channel.id}`, { posting: 'everyone' });
  there.retry(there.state.value.pending[0]?.key ?? '');
  await expect.poll(() => bodies(there)).toEqual(['1', '2']);
  expect(there.state.value.pending).toEqual([]);
});

test('more messages than the server takes at once are sent as fast as it does, in order', async () => {
  const channel = await chat();
  const here = await (await clientOf(ana)).open(channel.id);
  const sent = upTo(230).map((body) => here.send(body));
  expect(await Promise.all(sent)).toEqual(upTo(230).map(Number));
});

test('[L8] [L12] a long absence is made up for in parts while the talk goes on', async () => {
  const channel = await chat();
  await post(channel, 1, 30);
  const bens = await clientOf(ben);
  const there = await bens.open(channel.id);
  plaza.wire.open(false);
  plaza.wire.cut();
  await post(channel, 31, 700);
  const others = (async () => {
    for (let number = 1; number <= 40; number++) {
      await ana.rest('PUT', `/v1/channels/${channel.id}/messages/${number * 10}/reactions/${encodeURIComponent('👍')}`);
      await post(channel, 700 + number, 700 + number);
    }
  })();
  plaza.wire.open(true);
  bens.reconnect();
  await others;
  await expect.poll(() => there.state.value.log?.messages.length).toBe(740);
  await expect.poll(() => seen(there).version).toBe((await freshly(there)).version);
  expect(seen(there)).toEqual(await freshly(there));
});

test('who missed thousands gets the last page, and the rest by asking for older ones', async () => {
  const channel = await chat();
  await post(channel, 1, 10);
  const bens = await clientOf(ben);
  const there = await bens.open(channel.id);
  plaza.wire.open(false);
  plaza.wire.cut();
  await post(channel, 11, 2400);
  plaza.wire.open(true);
  bens.reconnect();
  await expect.poll(() => there.state.value.log).toMatchObject({ number: 2400, first: 2351 });
  expect(await there.older(200)).toBe(true);
  expect(seen(there)).toEqual(await freshly(there));
});

test('older pages come until the beginning, whole even while they are edited', async () => {
  const channel = await chat();
  await post(channel, 1, 160);
  const there = await (await clientOf(ben)).open(channel.id);
  expect(there.state.value.log).toMatchObject({ first: 111 });
  let stop = false;
  const editor = (async () => {
    for (let round = 1; !stop; round++)
      await ana.rest('PATCH', `/v1/channels/${channel.id}/messages/${1 + (round % 100)}`, { body: `edit ${round}` });
  })();
  while (await there.older(20));
  stop = true;
  await editor;
  expect(there.state.value.log).toMatchObject({ first: 1 });
  await expect.poll(() => seen(there)).toEqual(await freshly(there));
});

test('a device that is signed out does not come back, and all who wait hear of it', async () => {
  const channel = await chat();
  const bens = await clientOf(ben);
  const there = await bens.open(channel.id);
  await bens.rest('POST', '/v1/sign-out', {});
  await expect.poll(() => bens.state.value.connection).toMatchObject({ at: 'closed', error: { code: 'unauthenticated' } });
  await expect(there.send('too late')).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(bens.open(channel.id)).rejects.toBeInstanceOf(PlazaError);
});

test.each(['another epoch', 'the same epoch'])(
  '[L13] a database restored from a backup, with %s: the client starts afresh',
  async (epoch) => {
    const channel = await chat();
    await post(channel, 1, 60);
    const bens = await clientOf(ben);
    const there = await bens.open(channel.id);
    await there.older();
    there.read(60);
    plaza.wire.open(false);
    plaza.wire.cut();
    await plaza.sql`delete from messages where channel = ${channel.id} and number > 55`;
    await plaza.sql`update channel_heads set number = 55, version = 55 where channel = ${channel.id}`;
    if (epoch === 'another epoch') {
      await plaza.sql`update installation set epoch = ${`after ${channel.id}`}`;
      await post(channel, 56, 80);
    }
    plaza.wire.open(true);
    await expect.poll(() => there.state.value.log?.messages.at(-1)?.number).toBe(epoch === 'another epoch' ? 80 : 55);
    expect(seen(there)).toEqual(await freshly(there));
  },
);

test('[L9] access taken away: the channel says so; opened again it is refused, and opens when it was given back', async () => {
  const channel = await chat({ visibility: 'private' });
  await ana.rest('PUT', `/v1/channels/${channel.id}/members/${ben.id}`);
  const bens = await clientOf(ben);
  const there = await bens.open(channel.id);
  await ana.rest('DELETE', `/v1/channels/${channel.id}/members/${ben.id}`);
  await expect.poll(() => there.state.value.left).toBe(true);
  await expect.poll(() => bens.state.value.channels.has(channel.id)).toBe(false);
  await expect(there.send('let me in')).rejects.toMatchObject({ code: expect.stringMatching(/^(forbidden|not_found)$/) });
  await expect(bens.open(channel.id)).rejects.toMatchObject({ code: expect.stringMatching(/^(forbidden|not_found)$/) });
  await ana.rest('PUT', `/v1/channels/${channel.id}/members/${ben.id}`);
  await expect.poll(() => bens.state.value.channels.has(channel.id)).toBe(true);
  const again = await bens.open(channel.id);
  await post(channel, 1, 1);
  await expect.poll(() => bodies(again)).toEqual(['1']);
});

test('[L9] access lost while away is known after coming back', async () => {
  const channel = await chat({ visibility: 'private' });
  await ana.rest('PUT', `/v1/channels/${channel.id}/members/${ben.id}`);
  const there = await (await clientOf(ben)).open(channel.id);
  plaza.wire.open(false);
  plaza.wire.cut();
  await ana.rest('DELETE', `/v1/channels/${channel.id}/members/${ben.id}`);
  plaza.wire.open(true);
  await expect.poll(() => there.state.value.left).toBe(true);
});

test('[L11] channels that are not open tell what is unread, and new ones appear', async () => {
  const bens = await clientOf(ben);
  await isAt(bens, 'live');
  const channel = await chat();
  const mine = () => bens.state.value.channels.get(channel.id);
  await expect.poll(mine).toMatchObject({ number: 0, read: 0 });
  await post(channel, 1, 5);
  await expect.poll(mine).toMatchObject({ number: 5, read: 0 });
  const direct = await ana.rest<Channel>('POST', '/v1/directs', { person: ben.id });
  await expect.poll(() => bens.state.value.channels.get(direct.id)).toMatchObject({ people: [{ name: 'Ana' }] });
});

test('reading on one device is known on the other', async () => {
  const channel = await chat();
  await post(channel, 1, 5);
  const [one, other] = await Promise.all([clientOf(ben), clientOf(ben)]);
  const [here, there] = await Promise.all([one.open(channel.id), other.open(channel.id)]);
  for (const number of [1, 2, 3, 4, 5]) here.read(number);
  expect(here.state.value.log?.read).toBe(5);
  await expect.poll(() => there.state.value.log?.read).toBe(5);
  await expect.poll(() => other.state.value.channels.get(channel.id)?.read).toBe(5);
});

test('what was read just before a channel is closed is told', async () => {
  const channel = await chat();
  await post(channel, 1, 5);
  const bens = await clientOf(ben);
  const here = await bens.open(channel.id);
  here.read(2);
  here.read(5);
  here.close();
  expect(bens.state.value.channels.get(channel.id)?.read).toBe(5);
  const position = async () => (await clientOf(ben)).open(channel.id).then(({ state }) => state.value.log?.read);
  await expect.poll(position).toBe(5);
});

test('a channel opened twice stays until both have closed it, and what was sent before the end is sent', async () => {
  const channel = await chat();
  const anas = await clientOf(ana);
  const [one, two] = await Promise.all([anas.open(channel.id), anas.open(channel.id)]);
  one.close();
  one.close();
  await post(channel, 1, 1);
  await expect.poll(() => bodies(two)).toEqual(['1']);
  plaza.wire.cut();
  const sent = two.send('2');
  two.close();
  expect(await sent).toBe(2);
  const again = await anas.open(channel.id);
  expect(bodies(again)).toEqual(['1', '2']);
});

test('more open channels than a connection may have are refused by name', async () => {
  const who = await plaza.house.doors.accounts.authenticate(ana.tokens.access, '192.0.2.1');
  const { conversations } = plaza.house.doors;
  const channels: Channel[] = [];
  for (const name of upTo(101)) channels.push(await conversations.createChannel(who, { community: community.id, name: `many ${name}` }));
  const anas = await clientOf(ana);
  const [last, ...first] = channels;
  const open = await Promise.all(first.map(({ id }) => anas.open(id)));
  await expect(anas.open(last?.id ?? '')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('100') });
  open[0]?.close();
  expect(await anas.open(last?.id ?? '')).toMatchObject({ id: last?.id });
});

test('the feed breaks and mends: nothing is missing, without a cut', async () => {
  const channel = await chat();
  const bens = await clientOf(ben);
  const there = await bens.open(channel.id);
  const at = new Set<string>();
  bens.state.subscribe(({ connection }) => at.add(connection.at));
  await plaza.sql`select pg_terminate_backend(active_pid) from pg_replication_slots where database = current_database() and active`;
  await post(channel, 1, 5);
  await expect.poll(() => bodies(there)?.toSorted()).toEqual(upTo(5));
  expect([...at].filter((each) => each !== 'live')).toEqual([]);
});

test('typing is shown to others until the message comes', async () => {
  const channel = await chat();
  const [here, there] = [await (await clientOf(ana)).open(channel.id), await (await clientOf(ben)).open(channel.id)];
  here.typing();
  await expect.poll(() => there.state.value.typing).toMatchObject([{ name: 'Ana' }]);
  await here.send('1');
  await expect.poll(() => there.state.value.typing).toEqual([]);
});

test('who comes and goes is known to those who have a direct channel with them', async () => {
  const [eve, dan] = [await world.person('Eve'), await world.person('Dan')];
  await eve.rest('POST', '/v1/directs', { person: dan.id });
  const there = await clientOf(eve);
  await isAt(there, 'live');
  const here = await clientOf(dan);
  await isAt(here, 'live');
  expect([...here.state.value.online]).toEqual([eve.id]);
  await expect.poll(() => [...there.state.value.online]).toEqual([dan.id]);
});

test("a listener's error is its own", async () => {
  const channel = await chat();
  const here = await (await clientOf(ana)).open(channel.id);
  const uncaught: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => uncaught.push(error));
  here.state.subscribe(() => {
    throw new Error('a broken view');
  });
  expect(await here.send('1')).toBe(1);
  await expect.poll(() => bodies(here)).toEqual(['1']);
  process.removeAllListeners('uncaughtException');
  for (const listener of listeners) process.on('uncaughtException', listener);
  expect(String(uncaught[0])).toContain('a broken view');
});

test('close leaves nothing behind: a process that is done ends', async () => {
  const channel = await chat();
  const tokens = await signIn(plaza.direct, { email: ana.email, password });
  const script = `
    import { createClient } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
    const client = createClient({ url: ${JSON.stringify(plaza.direct)}, tokens: ${JSON.stringify(tokens)} });
    const channel = await client.open('${channel.id}');
    channel.typing();
    channel.read(await channel.send('1'));
    client.close();
    console.log('closed');`;
  const started = execFile(process.execPath, ['--input-type=module', '--eval', script], { timeout: 20_000 });
  let said = '';
  started.stdout?.on('data', (text) => {
    said += text;
  });
  const code = await new Promise((resolve) => started.once('close', (code, signal) => resolve(signal ?? code)));
  expect([said.trim(), code]).toEqual(['closed', 0]);
});
