import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel } from '../contracts/nouns.ts';
import { lastOf, type OpenChannel } from './index.ts';
import { openTestHouse, openTestWorld, type TestHouse, type TestWorld } from './testing.ts';

let plaza: TestHouse;
let world: TestWorld;
let channel: Channel;

/** Numbers that are loaded, and whether they are at the end. */
const at = ({ state }: OpenChannel) => {
  const { log } = state.value;
  return log === null ? null : [log.first, lastOf(log), log.atEnd];
};
const here = async () => (await world.clientOf(world.ben)).open(channel.id);
const bodyAt = ({ state }: OpenChannel, number: number) => state.value.log?.messages.find((one) => one.number === number)?.body;
const isCurrent = ({ state }: OpenChannel) => expect.poll(() => state.value.log?.seen === state.value.log?.version).toBe(true);

beforeAll(async () => {
  plaza = await openTestHouse();
  world = await openTestWorld(plaza);
});
beforeEach(async () => {
  channel = await world.chat();
});
afterEach(() => world.tidy());
afterAll(() => plaza?.stop());

test('the window moves to any message, to both sides, and back to the end', async () => {
  await world.post(channel, 1, 400);
  const there = await here();
  expect(at(there)).toEqual([351, 400, true]);
  expect(await there.goTo(100)).toBe(true);
  expect(at(there)).toEqual([75, 124, false]);
  expect(await there.goTo(80)).toBe(true);
  expect(at(there)).toEqual([75, 124, false]);
  expect([await there.older(20), await there.newer(20)]).toEqual([true, true]);
  expect(at(there)).toEqual([55, 144, false]);
  expect([await there.goTo(401), await there.goTo(0), await there.goTo(3e9)]).toEqual([false, false, false]);
  expect(await there.goTo(1)).toBe(true);
  expect(at(there)).toEqual([1, 50, false]);
  expect(await there.older()).toBe(false);
  while (await there.newer(200));
  expect(at(there)).toEqual([1, 400, true]);
  await there.goTo(1);
  await there.toEnd();
  expect(at(there)).toEqual([1, 400, true]);
});

test('who jumps last decides, and pages asked for before do not matter', async () => {
  await world.post(channel, 1, 400);
  const there = await here();
  await Promise.all([there.goTo(100), there.older(), there.goTo(200), there.newer()]);
  expect(at(there)).toEqual([175, 224, false]);
  const away = there.goTo(20);
  await Promise.all([away, there.toEnd()]);
  expect(at(there)).toEqual([351, 400, true]);
});

test('[L8] what is posted elsewhere moves the number only; what changes in the window is seen', async () => {
  await world.post(channel, 1, 200);
  const there = await here();
  await there.goTo(50);
  await world.post(channel, 201, 230);
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}/messages/50`, { body: 'fifty' });
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}/messages/120`, { body: 'a hundred and twenty' });
  await expect.poll(() => bodyAt(there, 50)).toBe('fifty');
  await expect.poll(() => there.state.value.log?.number).toBe(230);
  expect(at(there)).toEqual([25, 74, false]);
  await there.toEnd();
  expect(at(there)).toEqual([181, 230, true]);
  await there.goTo(121);
  expect(bodyAt(there, 120)).toBe('a hundred and twenty');
});

test('the end is reached while others post without a pause', async () => {
  await world.post(channel, 1, 300);
  const there = await here();
  await there.goTo(1);
  const posting = (async () => {
    for (let from = 301; from <= 1000; from += 20) await world.post(channel, from, from + 19);
  })();
  await there.toEnd();
  expect(there.state.value.log?.atEnd).toBe(true);
  await posting;
  await expect.poll(() => there.state.value.log?.number).toBe(1000);
  await isCurrent(there);
  const { first = 0, messages = [] } = there.state.value.log ?? {};
  expect(messages.map(({ number }) => number)).toEqual(messages.map((_, i) => first + i));
  expect(lastOf(there.state.value.log ?? expect.fail())).toBe(1000);
});

test('an own message that is sent while the window is elsewhere arrives', async () => {
  await world.post(channel, 1, 200);
  const there = await here();
  await there.goTo(50);
  expect(await there.send('from afar')).toBe(201);
  await expect.poll(() => there.state.value.pending).toEqual([]);
  expect(at(there)).toEqual([25, 74, false]);
  await there.toEnd();
  expect(bodyAt(there, 201)).toBe('from afar');
});

test('a channel opens at the first unread message, at any message, at the end', async () => {
  await world.post(channel, 1, 300);
  const bens = await world.clientOf(world.ben);
  const last = await bens.open(channel.id, { at: 'end' });
  expect(at(last)).toEqual([251, 300, true]);
  last.read(120);
  const unread = await bens.open(channel.id, { at: 'unread' });
  expect(at(unread)).toEqual([96, 145, false]);
  expect(at(last)).toEqual(at(unread));
  expect(at(await bens.open(channel.id))).toEqual([96, 145, false]);
  expect(at(await bens.open(channel.id, { at: 10 }))).toEqual([1, 50, false]);
  last.read(300);
  expect(at(await bens.open(channel.id, { at: 'unread' }))).toEqual([251, 300, true]);
});

test('a channel opens where it shall be even if the wire is cut meanwhile', async () => {
  await world.post(channel, 1, 300);
  plaza.wire.open(false);
  const bens = await world.clientOf(world.ben);
  const opening = bens.open(channel.id, { at: 100 });
  plaza.wire.open(true);
  bens.reconnect();
  await expect.poll(() => bens.state.value.connection.at).toBe('live');
  plaza.wire.cut();
  expect(at(await opening)).toEqual([75, 124, false]);
});

test('memory is bounded: the window loses what is away from the screen, and can fetch it again', async () => {
  await world.post(channel, 1, 1500);
  const there = await here();
  for (let i = 0; i < 6; i++) {
    there.sees(there.state.value.log?.first ?? 0, (there.state.value.log?.first ?? 0) + 20);
    await there.older(200);
  }
  const { log } = there.state.value;
  expect(log).toMatchObject({ first: 251, atEnd: false });
  expect(log?.messages.length).toBeLessThanOrEqual(1000);
  while (await there.newer(200))
    there.sees(lastOf(there.state.value.log ?? expect.fail()) - 20, lastOf(there.state.value.log ?? expect.fail()));
  expect(there.state.value.log).toMatchObject({ atEnd: true, number: 1500 });
  expect(there.state.value.log?.messages.length).toBeLessThanOrEqual(1000);
  expect(lastOf(there.state.value.log ?? expect.fail())).toBe(1500);
});

test('without a word about the screen the oldest go, when new ones come', async () => {
  await world.post(channel, 1, 40);
  const there = await here();
  await there.goTo(1);
  await there.toEnd();
  await world.post(channel, 41, 1300);
  await expect.poll(() => lastOf(there.state.value.log ?? expect.fail())).toBe(1300);
  expect(there.state.value.log?.atEnd).toBe(true);
  expect(there.state.value.log?.messages.length).toBeLessThanOrEqual(1000);
});

test('[L8] who reads far from the end and misses thousands stays where they read', async () => {
  await world.post(channel, 1, 200);
  const bens = await world.clientOf(world.ben);
  const there = await bens.open(channel.id);
  await there.goTo(60);
  there.sees(55, 65);
  plaza.wire.open(false);
  plaza.wire.cut();
  await world.post(channel, 201, 2600);
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}/messages/60`, { body: 'sixty' });
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}`, { topic: 'What was missed' });
  plaza.wire.open(true);
  bens.reconnect();
  await expect.poll(() => bodyAt(there, 60)).toBe('sixty');
  await expect.poll(() => there.state.value.log).toMatchObject({ number: 2600, atEnd: false, details: { topic: 'What was missed' } });
  await isCurrent(there);
  await there.toEnd();
  expect(at(there)).toEqual([2551, 2600, true]);
});

test('what is done to a message shows at once, and no longer when it is refused', async () => {
  await world.post(channel, 1, 1);
  const there = await here();
  const message = () => there.state.value.log?.messages[0];
  const acts = [there.react(1, '👍', true), there.bookmark(1, true)];
  expect(message()).toMatchObject({ reactions: [{ emoji: '👍', count: 1 }] });
  expect(there.state.value.log?.marks.get(1)).toEqual({ emoji: ['👍'], bookmarked: true });
  await Promise.all(acts);
  expect(there.state.value.log?.marks.get(1)).toEqual({ emoji: ['👍'], bookmarked: true });
  await isCurrent(there);
  expect(message()).toMatchObject({ reactions: [{ emoji: '👍', count: 1 }] });

  const refused = there.edit(1, "not Ben's to edit");
  expect(message()).toMatchObject({ body: "not Ben's to edit" });
  await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
  expect(message()).toMatchObject({ body: '1', editedAt: null });
  await Promise.all([there.react(1, '👍', false), there.bookmark(1, false)]);
  await expect.poll(() => message()?.reactions).toEqual([]);
  await expect.poll(() => there.state.value.log?.marks.size).toBe(0);
});

test('a deleted message can be restored', async () => {
  const mine = await (await world.clientOf(world.ana)).open(channel.id);
  const there = await here();
  await mine.send('gone and back');
  await expect.poll(() => bodyAt(there, 1)).toBe('gone and back');
  await mine.delete(1);
  await expect.poll(() => bodyAt(there, 1)).toBe(null);
  await mine.restore(1, 'A mistake');
  await expect.poll(() => bodyAt(there, 1)).toBe('gone and back');
});
