import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServerFrame } from '../../../contracts/wire.ts';
import { openHouse, type SocketHouse, type TestSocket } from './testing.ts';

type Someone = Awaited<ReturnType<SocketHouse['someone']>>;

const settings = { presenceGraceSeconds: 2, presenceRepeatSeconds: 0.5, presenceLostSeconds: 10, pollSeconds: 2 };
let house: SocketHouse;
let ana: Someone;

beforeAll(async () => {
  house = await openHouse({ settings });
  ana = await house.someone('Ana');
});
afterAll(() => house.end());

const direct = async (from: Someone, to: Someone) => house.doors.conversations.openDirect(await house.who(from.token), { person: to.id });

/** Somebody who has a direct channel with Ana. */
async function friend(name: string): Promise<Someone> {
  const one = await house.someone(name);
  await direct(ana, one);
  await house.hasTold();
  return one;
}

async function leave(socket: TestSocket): Promise<void> {
  socket.ws.close();
  await socket.closed;
}

const onlineOf = (socket: TestSocket) => socket.frames.flatMap((frame) => (frame.type === 'ready' ? [frame.online] : [])).at(-1);
const told = ({ frames }: TestSocket, person: string) =>
  frames.flatMap((frame: ServerFrame) => (frame.type === 'presence' && frame.person === person ? [frame.online] : []));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('tells who comes and who goes, once for all of their connections; ready tells who is there', async () => {
  const ben = await friend('Ben');
  const a = await house.enter(ana.token);
  expect(onlineOf(a)).toEqual([]);
  const b = await house.enter(ben.token);
  expect(onlineOf(b)).toEqual([ana.id]);
  await a.next('presence');
  const other = await house.enter(ben.token);
  await leave(b);
  await leave(other);
  await a.next('presence');
  expect(told(a, ben.id)).toEqual([true, false]);
  await leave(a);
});

test('who comes back within the grace was not away', async () => {
  const ben = await friend('Ben');
  const a = await house.enter(ana.token);
  const b = await house.enter(ben.token);
  await a.next('presence', ({ person }) => person === ben.id);
  await leave(b);
  const again = await house.enter(ben.token);
  await pause(3000);
  expect(told(a, ben.id)).toEqual([true]);
  await leave(again);
  await leave(a);
});

test('[L9] is told to nobody but those whose direct and group channels show the person', async () => {
  const [ben, eve] = [await friend('Ben'), await house.someone('Eve')];
  const { community, channel } = await house.chat(ana.token);
  for (const one of [ben, eve]) await house.doors.communities.join(await house.who(one.token), { community });
  const [a, e] = [await house.enter(ana.token), await house.enter(eve.token)];
  await e.ask({ type: 'join', channel });
  const b = await house.enter(ben.token);
  await a.next('presence', ({ person }) => person === ben.id);
  await pause(500);
  expect(e.frames.filter((frame) => frame.type === 'presence')).toEqual([]);
  expect(onlineOf(e)).toEqual([]);
  for (const socket of [a, b, e]) await leave(socket);
});

test('[L9] who left a group is not shown there any more, nor shown those who stay; who is added is', async () => {
  const [ben, eve, dan] = [await house.someone('Ben'), await house.someone('Eve'), await house.someone('Dan')];
  const who = await house.who(ben.token);
  const { conversations } = house.doors;
  const group = await conversations.createGroup(who, { people: [eve.id], name: 'Three' });
  await house.hasTold();
  const [b, e] = [await house.enter(ben.token), await house.enter(eve.token)];
  await b.next('presence', ({ person }) => person === eve.id);
  await conversations.removeMember(who, { channel: group.id, person: eve.id });
  expect(await b.next('presence', ({ person }) => person === eve.id)).toMatchObject({ online: false });
  expect(await e.next('presence', ({ person }) => person === ben.id)).toMatchObject({ online: false });
  const d = await house.enter(dan.token);
  await conversations.addMember(who, { channel: group.id, person: dan.id });
  expect(await b.next('presence', ({ person }) => person === dan.id)).toMatchObject({ online: true });
  expect(await d.next('presence', ({ person }) => person === ben.id)).toMatchObject({ online: true });
  await house.hasTold();
  const before = e.frames.length;
  await leave(b);
  await d.next('presence', ({ person, online }) => person === ben.id && !online);
  expect(e.frames.slice(before)).toEqual([]);
  for (const socket of [d, e]) await leave(socket);
});

test('event streams count too, long polls do not', async () => {
  const ben = await friend('Ben');
  const a = await house.enter(ana.token);
  const epoch = await house.doors.conversations.epoch();
  const polling = house.ask('GET', `/v1/events?poll=${epoch}`, { token: ben.token });
  await pause(1000);
  expect(told(a, ben.id)).toEqual([]);
  const aborted = new AbortController();
  const headers = { authorization: `Bearer ${ben.token}` };
  await fetch(`${house.url}/v1/events`, { headers, signal: aborted.signal });
  expect(await a.next('presence', ({ person }) => person === ben.id)).toMatchObject({ online: true });
  aborted.abort();
  expect(await a.next('presence', ({ person }) => person === ben.id)).toMatchObject({ online: false });
  await leave(a);
  await polling;
});

test('two processes tell each other; who is on both leaves with the last', async () => {
  const ben = await friend('Ben');
  // Without repeating in time: what counts is what they say to each other.
  const seldom = { presenceGraceSeconds: 2, presenceRepeatSeconds: 60, presenceLostSeconds: 120 };
  const [first, twin] = [await openHouse({ settings: seldom, beside: house }), await openHouse({ settings: seldom, beside: house })];
  const a = await first.enter(ana.token);
  const there = await twin.enter(ben.token);
  await a.next('presence', ({ person }) => person === ben.id);
  const b = await first.enter(ben.token);
  await leave(there);
  await pause(4000);
  expect(told(a, ben.id)).toEqual([true]);
  const seen = await twin.enter(ana.token);
  expect(onlineOf(seen)).toContain(ben.id);
  await leave(b);
  for (const socket of [a, seen]) expect(await socket.next('presence', ({ person }) => person === ben.id)).toMatchObject({ online: false });
  await leave(seen);
  await leave(a);
  await first.end();
  await twin.end();
});

test('a process that dies says nothing; its people are offline after a while, those who came elsewhere are not', async () => {
  const [ben, eve] = [await friend('Ben'), await friend('Eve')];
  const twin = await openHouse({ settings, beside: house });
  const a = await house.enter(ana.token);
  for (const one of [ben, eve]) {
    await twin.enter(one.token);
    await a.next('presence', ({ person }) => person === one.id);
  }
  await twin.end();
  const e = await house.enter(eve.token);
  expect(told(a, ben.id)).toEqual([true]);
  expect(await a.next('presence', ({ person }) => person === ben.id)).toMatchObject({ online: false });
  await pause(500);
  expect(told(a, eve.id)).toEqual([true]);
  await leave(e);
  await leave(a);
});
