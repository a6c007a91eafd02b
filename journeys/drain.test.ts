import { afterEach, expect, test } from 'vitest';
import { closes } from '../contracts/errors.ts';
import { signUp } from './support/api.ts';
import { readAfresh } from './support/copy.ts';
import { type House, startHouse } from './support/house.ts';
import { openSocket } from './support/socket.ts';

let house: House;
afterEach(() => house?.stop());

test('Ctrl-C: sockets are told to come back, and every write is either acknowledged and there, or neither', async () => {
  house = await startHouse({ processes: 2 });
  const [leaving, staying] = house.servers;
  if (!leaving || !staying) throw new Error('There should be two servers.');
  const ana = await signUp(leaving.base, 'Ana');
  const chat = await ana.createChat(await ana.createCommunity('Night trains'), 'departures');
  const sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(leaving.base, ana.token)));
  const acknowledged = new Map<string, number>();
  for (const [i, socket] of sockets.entries()) {
    socket.onFrame((frame) => {
      if (frame.type === 'ack' && frame.key !== undefined) acknowledged.set(frame.key, frame.number);
    });
    for (let n = 0; n < 30; n++) socket.tell({ type: 'send', channel: chat.id, key: `k${i}-${n}`, body: 'all aboard' });
  }
  const began = performance.now();
  const code = await leaving.stop();
  const took = performance.now() - began;
  const ends = await Promise.all(sockets.map((socket) => socket.closed));
  for (const end of ends)
    expect(end).toMatchObject({ code: closes.draining.close, bye: { code: 'draining', retryAfter: expect.any(Number) } });
  expect(code).toBe(0);

  const witness = await openSocket(staying.base, ana.token);
  const { messages } = await readAfresh(witness, chat.id);
  const there = new Map([...messages.values()].map(({ key, number }) => [key, number]));
  for (const [key, number] of acknowledged) expect(there.get(key)).toBe(number);
  expect([...there.values()].sort((a, b) => a - b)).toEqual(Array.from(there, (_, i) => i + 1));
  // What was taken from the wire before the end was answered, so that nobody is left to guess; unless that takes two seconds.
  if (took < 2000) expect(there.size).toBe(acknowledged.size);
  await witness.close();
});

test('Ctrl-C while requests are under way: they are answered, and new ones are not taken', async () => {
  house = await startHouse();
  const ana = await signUp(house.base, 'Ana');
  const chat = await ana.createChat(await ana.createCommunity('Tides'), 'spring');
  const answers = Array.from({ length: 40 }, (_, n) =>
    ana.post(chat, `wave ${n}`).then(
      () => 'answered',
      () => 'refused',
    ),
  );
  await Promise.race(answers);
  const [server] = house.servers;
  expect(await server?.stop()).toBe(0);
  expect((await Promise.all(answers)).filter((answer) => answer === 'answered').length).toBeGreaterThan(0);
  await expect(fetch(house.base)).rejects.toThrow();
});
