import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channel } from '../contracts/nouns.ts';
import { type Someone, signUp } from './support/api.ts';
import { createCopy, follow, readAfresh } from './support/copy.ts';
import { type House, startHouse } from './support/house.ts';
import { subscribe } from './support/live.ts';
import { openSocket } from './support/socket.ts';
import { until } from './support/wait.ts';

let house: House;
let ana: Someone;
let ben: Someone;
let chat: Channel;

beforeAll(async () => {
  house = await startHouse({ processes: 2 });
  [ana, ben] = await Promise.all([signUp(house.base, 'Ana'), signUp(house.otherBase, 'Ben')]);
  const community = await ana.createCommunity('Balcony gardens');
  await ben.join(community);
  chat = await ana.createChat(community, 'tomatoes');
});
afterAll(() => house?.stop());

test('what is sent by socket to one process is heard by socket on the other, and back', async () => {
  const [anas, bens] = await Promise.all([openSocket(ana.base, ana.token), openSocket(ben.base, ben.token)]);
  const [anaHas, benHas] = [createCopy(chat.id), createCopy(chat.id)];
  await Promise.all([follow(anas, anaHas), follow(bens, benHas)]);
  const sent = await anas.ask('ack', { type: 'send', channel: chat.id, key: 'hello', body: 'Does anybody hear me?' });
  await until('Ben has it', () => benHas.version >= sent.version);
  expect(benHas.messages.get(sent.number)).toMatchObject({ key: 'hello', body: 'Does anybody hear me?' });
  const answer = await bens.ask('ack', { type: 'send', channel: chat.id, key: 'answer', body: 'I do.' });
  expect(answer.number).toBe(sent.number + 1);
  await until('Ana has the answer', () => anaHas.messages.has(answer.number));
  await Promise.all([anas.close(), bens.close()]);
});

test('what is posted by REST to one process is heard by socket and by subscription on the other', async () => {
  const bens = await openSocket(ben.base, ben.token);
  const copy = createCopy(chat.id);
  await follow(bens, copy);
  const subscription = await subscribe(ben.base, ben.token, chat.id, copy.version);
  const message = await ana.post(chat, 'By REST');
  await until('Ben has it', () => copy.messages.has(message.number));
  await until('the subscription has brought it', () => subscription.heard.some((event) => event.version === message.version));
  await Promise.all([bens.close(), subscription.close()]);
});

test('[L6] people who write through different processes at once hear the same, in the same order', async () => {
  const writers = await Promise.all([ana, ben, ana, ben].map(({ base, token }) => openSocket(base, token)));
  const copies = writers.map(() => createCopy(chat.id));
  await Promise.all(writers.map((writer, i) => follow(writer, copies[i] ?? createCopy(chat.id))));
  const acks = await Promise.all(
    writers.flatMap((writer, i) =>
      Array.from({ length: 50 }, (_, n) =>
        writer.ask('ack', { type: 'send', channel: chat.id, key: `w${i}-${n}`, body: `${i} says ${n}` }),
      ),
    ),
  );
  const last = Math.max(...acks.map(({ version }) => version));
  await until('everybody has everything', () => copies.every((copy) => copy.version === last));
  const fresh = await readAfresh(writers[0] ?? (await openSocket(ana.base, ana.token)), chat.id);
  for (const copy of copies) {
    expect([...copy.messages.values()]).toEqual([...fresh.messages.values()]);
    expect(copy.contradictions).toEqual([]);
  }
  expect(new Set(acks.map(({ number }) => number)).size).toBe(acks.length);
  await Promise.all(writers.map((writer) => writer.close()));
});
