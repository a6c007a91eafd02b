import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServerFrame } from '../../../contracts/wire.ts';
import { openHouse, type SocketHouse, type TestSocket } from './testing.ts';

type Someone = Awaited<ReturnType<SocketHouse['someone']>>;

const settings = { presenceGraceSeconds: 0.2, presenceRepeatSeconds: 0.5, presenceLostSeconds: 10 };
let house: SocketHouse;
let ana: Someone;
let channel: string;
let community: string;

beforeAll(async () => {
  house = await openHouse({ settings });
  ana = await house.someone('Ana');
  ({ channel, community } = await house.chat(ana.token));
  for (const body of ['one', 'two', 'three']) await house.doors.conversations.post(await house.who(ana.token), { channel, body });
});
afterAll(() => house.end());

async function member(name: string): Promise<Someone> {
  const one = await house.someone(name);
  await house.doors.communities.join(await house.who(one.token), { community });
  await house.hasTold();
  return one;
}

async function leave(...sockets: TestSocket[]): Promise<void> {
  for (const socket of sockets) {
    socket.ws.close();
    await socket.closed;
  }
}

const told = ({ frames }: TestSocket, person: string, from = 0) =>
  frames.slice(from).flatMap((frame: ServerFrame) => (frame.type === 'presence' && frame.person === person ? [frame.online] : []));
const ready = (socket: TestSocket) => socket.frames.find((frame) => frame.type === 'ready');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a bookmark comes to the other device, and with every page of the messages', async () => {
  const ben = await member('Ben');
  const [one, other] = [await house.enter(ben.token), await house.enter(ben.token)];
  expect(await one.ask({ type: 'bookmark', channel, number: 2, on: true })).toMatchObject({ type: 'done' });
  expect(await other.next('personal', ({ event }) => event.type === 'bookmarked')).toMatchObject({
    event: { channel, number: 2, on: true },
  });
  await one.ask({ type: 'react', channel, number: 3, emoji: '👍', on: true });
  const mine = [
    { number: 2, emoji: [], bookmarked: true },
    { number: 3, emoji: ['👍'], bookmarked: false },
  ];
  expect(await one.ask({ type: 'join', channel })).toMatchObject({ type: 'joined', mine });
  expect(await one.ask({ type: 'page', channel, around: 2 })).toMatchObject({ type: 'paged', mine });
  expect(await one.ask({ type: 'sync', channel, since: 1 })).toMatchObject({ type: 'synced', mine });
  await one.ask({ type: 'bookmark', channel, number: 2, on: false });
  expect(await one.ask({ type: 'page', channel, around: 2 })).toMatchObject({ mine: [mine[1]] });
  expect(await one.ask({ type: 'bookmark', channel, number: 77, on: true })).toMatchObject({ type: 'error', code: 'not_found' });
  await leave(one, other);
});

test('a draft comes to the other device, is there at the next greeting, and keeps its order', async () => {
  const ben = await member('Ben');
  const [one, other] = [await house.enter(ben.token), await house.enter(ben.token)];
  expect(ready(one)).toMatchObject({ drafts: [] });
  expect(await one.ask({ type: 'draft', place: channel, body: 'I think', replyTo: 1 })).toMatchObject({ type: 'done' });
  expect(await other.next('personal', ({ event }) => event.type === 'draft')).toMatchObject({
    event: { draft: { place: channel, title: '', body: 'I think', replyTo: 1 } },
  });
  await one.ask({ type: 'draft', place: community, title: 'A question', body: '' });

  const letters = 'typed very fast'.split('');
  await Promise.all(letters.map((_, i) => one.ask({ type: 'draft', place: channel, body: letters.slice(0, i + 1).join('') })));
  const third = await house.enter(ben.token);
  expect(ready(third)).toMatchObject({
    drafts: [
      { place: channel, body: 'typed very fast', replyTo: null },
      { place: community, title: 'A question' },
    ],
  });
  expect(await one.ask({ type: 'draft', place: channel, body: '' })).toMatchObject({ type: 'done' });
  await third.next('personal', ({ event }) => event.type === 'draft' && event.draft.body === '');
  expect(await one.ask({ type: 'draft', place: '77', body: 'x' })).toMatchObject({ type: 'error', code: 'not_found' });
  await leave(one, other, third);
});

test('who is watched is told of at once and on change; the next list replaces the one before', async () => {
  const [ben, eve, dan] = [await house.someone('Ben'), await house.someone('Eve'), await house.someone('Dan')];
  const [a, b, b2] = [await house.enter(ana.token), await house.enter(ben.token), await house.enter(ben.token)];
  a.say({ type: 'watch', people: [ben.id, eve.id, ben.id, '77'] });
  expect(await a.next('presence')).toMatchObject({ person: ben.id, online: true });
  const e = await house.enter(eve.token);
  expect(await a.next('presence')).toMatchObject({ person: eve.id, online: true });
  await leave(b);
  await pause(800);
  expect(told(a, ben.id), 'another device is still there').toEqual([true]);
  await leave(b2);
  expect(await a.next('presence')).toMatchObject({ person: ben.id, online: false });

  a.say({ type: 'watch', people: [dan.id] });
  const before = a.frames.length;
  const d = await house.enter(dan.token);
  await a.next('presence', ({ person }) => person === dan.id);
  await leave(e);
  await leave(d);
  await a.next('presence', ({ person, online }) => person === dan.id && !online);
  expect(told(a, eve.id, before)).toEqual([]);
  a.say({ type: 'watch', people: [] });
  const quiet = a.frames.length;
  await leave(await house.enter(dan.token));
  await pause(800);
  expect(a.frames.slice(quiet)).toEqual([]);
  await leave(a);
});

test('watching asked again tells again who is there', async () => {
  const ben = await house.someone('Ben');
  const [a, b] = [await house.enter(ana.token), await house.enter(ben.token)];
  for (const _ of [1, 2]) {
    a.say({ type: 'watch', people: [ben.id] });
    expect(await a.next('presence')).toMatchObject({ person: ben.id, online: true });
  }
  await leave(a, b);
});

test('whom a direct channel shows stays told of when no longer watched, and is still watched when the lists are read anew', async () => {
  const [ben, eve] = [await house.someone('Ben'), await house.someone('Eve')];
  const whoAna = await house.who(ana.token);
  await house.doors.conversations.openDirect(whoAna, { person: ben.id });
  const a = await house.enter(ana.token);
  const [b, e] = [await house.enter(ben.token), await house.enter(eve.token)];
  await a.next('presence', ({ person }) => person === ben.id);
  a.say({ type: 'watch', people: [ben.id, eve.id] });
  await a.next('presence', ({ person }) => person === eve.id);
  // A new direct channel: the lists are read again.
  await house.doors.conversations.openDirect(whoAna, { person: (await house.someone('Dan')).id });
  await pause(800);
  expect(told(a, eve.id)).toEqual([true]);
  await leave(e);
  await a.next('presence', ({ person, online }) => person === eve.id && !online);
  a.say({ type: 'watch', people: [] });
  await leave(b);
  await a.next('presence', ({ person, online }) => person === ben.id && !online);
  await leave(a);
});

test('[L9] who was put out hears no more of the messages that called them', async () => {
  const [ben, cleo] = [await member('Ben'), await member('Cleo')];
  const whoAna = await house.who(ana.token);
  const { conversations, communities, people } = house.doors;
  const handle = (await people.profile(whoAna, { id: ben.id })).handle;
  const other = (await people.profile(whoAna, { id: cleo.id })).handle;
  const [b, c] = [await house.enter(ben.token), await house.enter(cleo.token)];
  const calls = ({ frames }: TestSocket) =>
    frames.flatMap((frame) => (frame.type === 'personal' && frame.event.type === 'mentioned' ? [frame.event] : []));
  const { number } = await conversations.post(whoAna, { channel, body: `@${handle} and @${other}` });
  await b.next('personal', ({ event }) => event.type === 'mentioned');
  await communities.kick(whoAna, { community, person: ben.id });
  await b.next('personal', ({ event }) => event.type === 'community_left');
  await conversations.delete(whoAna, { channel, number });
  await conversations.restore(whoAna, { channel, number });
  await conversations.edit(whoAna, { channel, number, body: 'nobody' });
  await c.next('personal', () => calls(c).length === 4);
  await pause(300);
  expect(calls(c).map(({ on }) => on)).toEqual([true, false, true, false]);
  expect(calls(b)).toEqual([{ type: 'mentioned', channel, number, on: true }]);
  await leave(b, c);
});

test('people of another application are nobody', async () => {
  const ben = await house.someone('Ben');
  await house.sql`insert into applications (id, name) values (77, 'Other')`;
  await house.sql`update people set application = 77 where id = ${ben.id}`;
  await house.sql`update accounts set application = 77 where id = (select account from people where id = ${ben.id})`;
  const [a, b] = [await house.enter(ana.token), await house.enter(ben.token)];
  a.say({ type: 'watch', people: [ben.id] });
  a.say({ type: 'ping' });
  await a.next('pong');
  await pause(500);
  expect(told(a, ben.id)).toEqual([]);
  await leave(a, b);
});

test('more than 200 at once are refused', async () => {
  const a = await house.enter(ana.token);
  a.say({ type: 'watch', people: Array<string>(201).fill('7') });
  expect(await a.next('error')).toMatchObject({ code: 'invalid_input' });
  await leave(a);
});

test('two processes: who watches in one sees who comes to the other', async () => {
  const beside = await openHouse({ settings, beside: house });
  const ben = await house.someone('Ben');
  const a = await house.enter(ana.token);
  a.say({ type: 'watch', people: [ben.id] });
  const [here, there] = [await house.enter(ben.token), await beside.enter(ben.token)];
  await a.next('presence', ({ person, online }) => person === ben.id && online);
  await leave(here);
  await pause(1500);
  expect(told(a, ben.id)).toEqual([true]);
  await leave(there);
  await a.next('presence', ({ person, online }) => person === ben.id && !online);
  await leave(a);
  await beside.end();
});
