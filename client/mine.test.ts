import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isAt, openTestHouse, openTestWorld, type TestHouse, type TestWorld } from './testing.ts';

let plaza: TestHouse;
let world: TestWorld;

beforeAll(async () => {
  plaza = await openTestHouse();
  world = await openTestWorld(plaza);
});
afterEach(() => world.tidy());
afterAll(() => plaza?.stop());

test('unread mentions are counted live and exactly, by name and with everyone, whatever is read where', async () => {
  const channel = await world.chat();
  const say = (body: string) => world.ana.rest('POST', `/v1/channels/${channel.id}/messages`, { body });
  const bens = await world.clientOf(world.ben);
  const mentions = () => bens.state.value.channels.get(channel.id)?.mentions;
  await expect.poll(mentions).toBe(0);
  await say('nobody in particular');
  await say(`@${world.ben.handle} one`);
  await say('@everyone two');
  await say(`@${world.ben.handle} @everyone three`);
  await expect.poll(mentions).toBe(3);

  const fresh = await world.clientOf(world.ben);
  const again = () => fresh.state.value.channels.get(channel.id)?.mentions;
  await expect.poll(again).toBe(3);
  const here = await bens.open(channel.id);
  here.read(2);
  expect(mentions()).toBe(2);
  await expect.poll(again).toBe(2);
  await world.ana.rest('PATCH', `/v1/channels/${channel.id}/messages/4`, { body: 'three, quietly' });
  await expect.poll(mentions).toBe(1);
  await expect.poll(again).toBe(1);
  await say(`@${world.ben.handle} four`);
  await expect.poll(mentions).toBe(2);
  await expect.poll(() => here.state.value.log?.number).toBe(5);
  here.read(5);
  expect(mentions()).toBe(0);
  await expect.poll(again).toBe(0);
});

test('a bookmark is seen on all devices', async () => {
  const channel = await world.chat();
  await world.post(channel, 1, 2);
  const [one, other] = await Promise.all([world.clientOf(world.ben), world.clientOf(world.ben)]);
  const [here, there] = await Promise.all([one.open(channel.id), other.open(channel.id)]);
  await here.bookmark(2, true);
  await expect.poll(() => there.state.value.log?.marks.get(2)).toEqual({ emoji: [], bookmarked: true });
  const later = await (await world.clientOf(world.ben)).open(channel.id);
  expect(later.state.value.log?.marks.get(2)).toEqual({ emoji: [], bookmarked: true });
  await there.bookmark(2, false);
  await expect.poll(() => here.state.value.log?.marks.size).toBe(0);
});

test('a community that is changed is changed in the list', async () => {
  const bens = await world.clientOf(world.ben);
  await isAt(bens, 'live');
  await world.ana.rest('PATCH', `/v1/communities/${world.community.id}`, { name: 'Lightships' });
  await expect.poll(() => bens.state.value.communities.map(({ community }) => community.name)).toEqual(['Lightships']);
});

test('who is watched is known to be online, through cuts, until nobody watches any more', async () => {
  const eve = await world.person('Eve');
  const bens = await world.clientOf(world.ben);
  const online = () => bens.state.value.online.has(eve.id);
  const release = bens.watch([eve.id]);
  const releaseAlso = bens.watch([eve.id, world.ana.id]);
  await isAt(bens, 'live');
  // Who signed up a moment ago was here then.
  await expect.poll(online).toBe(false);
  const eves = await world.clientOf(eve);
  await expect.poll(online).toBe(true);
  const at = new Set<string>();
  bens.state.subscribe(({ connection }) => at.add(connection.at));
  plaza.wire.cut();
  await expect.poll(() => at.has('live')).toBe(true);
  await expect.poll(online).toBe(true);
  release();
  release();
  expect(online()).toBe(true);
  releaseAlso();
  expect(online()).toBe(false);
  eves.close();
});
