import { afterAll, beforeAll, expect, test } from 'vitest';
import { closes } from '../contracts/errors.ts';
import type { Channel } from '../contracts/nouns.ts';
import { type Someone, signUp } from './support/api.ts';
import { createCopy, follow, readAfresh } from './support/copy.ts';
import { type House, startHouse } from './support/house.ts';
import { openSocket, type TestSocket } from './support/socket.ts';
import { until, within } from './support/wait.ts';

const readers = 1_000;
let house: House;
let ana: Someone;
let hall: Channel;
let noise: Channel;
const sockets: TestSocket[] = [];

beforeAll(async () => {
  house = await startHouse();
  ana = await signUp(house.base, 'Ana');
  const community = await ana.createCommunity('The great hall');
  [hall, noise] = [await ana.createChat(community, 'hall'), await ana.createChat(community, 'noise')];
  const people = await Promise.all(Array.from({ length: 10 }, (_, i) => signUp(house.base, `Reader${i}`)));
  await Promise.all(people.map((person) => person.join(community)));
  const enter = async (person: Someone) => {
    const socket = await openSocket(person.base, person.token);
    await socket.ask('joined', { type: 'join', channel: hall.id });
    return socket;
  };
  while (sockets.length < readers) sockets.push(...(await Promise.all([...people, ...people].map(enter))));
}, 120_000);
afterAll(async () => {
  for (const socket of sockets) socket.raw.terminate();
  await house?.stop();
});

/** The versions of the hall that a socket has heard, in order of arrival. */
function versionsHeard(socket: TestSocket): number[] {
  return socket.heard.flatMap((frame) =>
    frame.type === 'events' && frame.channel === hall.id ? frame.events.map(({ version }) => version) : [],
  );
}

test('[L10] one of 1,000 readers does not read: nobody else misses anything or waits, and the slow one comes back without a gap', {
  timeout: 120_000,
}, async () => {
  const [slow, ...others] = sockets;
  if (!slow) throw new Error('There are no sockets.');
  const mine = createCopy(hall.id);
  await Promise.all([follow(slow, mine), slow.ask('joined', { type: 'join', channel: noise.id })]);
  slow.raw.pause();
  const heardByTheSlow = slow.heard.length;

  // The noise goes to the slow one alone, and fills what the system and the server hold for it.
  const big = 'n'.repeat(9_000);
  let last = 0;
  let rounds = 0;
  while ((await cutOff()) === 0) {
    if (++rounds > 120) throw new Error('The slow reader is never cut off.');
    // Whoever says nothing for long is let go.
    if (rounds % 10 === 0) for (const socket of others) socket.tell({ type: 'ping' });
    await Promise.all(Array.from({ length: 20 }, () => ana.post(noise, big)));
    last = (await ana.post(hall, `round ${rounds}`)).version;
    // Each round all others have everything, while the slow one still stands where it stood.
    await until('all others have heard the round', () => others.every((socket) => versionsHeard(socket).at(-1) === last));
    expect(slow.heard.length).toBe(heardByTheSlow);
  }
  const first = last - rounds + 1;
  const all = Array.from({ length: rounds }, (_, i) => first + i);
  for (const socket of others) {
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
    expect(versionsHeard(socket)).toEqual(all);
  }

  slow.raw.resume();
  expect(await within(slow.closed, 'the slow reader to be closed')).toMatchObject({ code: closes.too_slow.close });
  const back = await openSocket(ana.base, ana.token);
  await follow(back, mine);
  const fresh = await readAfresh(back, hall.id);
  expect(mine.version).toBe(last);
  expect([...mine.messages.values()]).toEqual([...fresh.messages.values()]);
  await back.close();
});

/** How many clients were cut off for being slow, as the server counts them. */
async function cutOff(): Promise<number> {
  const metrics = await (await fetch(`${house.base}/metrics`)).text();
  const lines = metrics.split('\n').filter((line) => /slow/.test(line) && !line.startsWith('#'));
  if (lines.length === 0) throw new Error('The server does not count who was too slow.');
  return Math.max(...lines.map((line) => Number(line.split(' ').at(-1))));
}
