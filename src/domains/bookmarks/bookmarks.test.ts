import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { createTown, idOf, type Town } from '../communities/testing.ts';
import { guest, type Who } from '../policy/index.ts';
import { type Bookmarks, createBookmarks } from './index.ts';
import { newestBookmarks } from './list.ts';

let town: Town;
let bookmarks: Bookmarks;
let [ana, ben]: [Who, Who] = [guest(''), guest('')];
let community: Id;
let chat: Id;
const notFound = { code: 'not_found' };

beforeAll(async () => {
  town = await createTown();
  bookmarks = createBookmarks(town);
  [ana, ben] = [await town.someone('ana'), await town.someone('ben')];
  community = (await town.communities.create(ana, { name: 'Garden' })).id;
  await town.communities.join(ben, { community });
  chat = (await town.conversations.createChannel(ana, { community, name: 'Talk' })).id;
  await write(chat, 6);
});
afterAll(() => town.end());

async function write(channel: Id, messages: number, who = ana): Promise<void> {
  for (let i = 0; i < messages; i++) await town.conversations.post(who, { channel, body: `message ${i + 1}` });
}

const mark = (who: Who, number: number, on = true, channel = chat) => bookmarks.bookmark(who, { channel, number, on });
const numbers = async (who: Who) => (await bookmarks.list(who, {})).items.map(({ node }) => node.message.number);

test('a message is marked, found again, and let go; the person is told, nobody else', async () => {
  await town.heard();
  expect(await mark(ben, 2)).toMatchObject({ message: { channel: chat, number: 2, body: 'message 2' }, on: true });
  await mark(ben, 1);
  await mark(ben, 1);
  expect(await town.heard(), 'what is marked already is not marked again').toEqual(
    [2, 1].map((number) => ({ to: `person ${idOf(ben)}`, event: { type: 'bookmarked', channel: chat, number, on: true } })),
  );
  const { items } = await bookmarks.list(ben, {});
  expect(items.map(({ node }) => node)).toMatchObject([
    { message: { number: 1, body: 'message 1' }, createdAt: expect.stringMatching(/Z$/) as string },
    { message: { number: 2 } },
  ]);
  expect(await numbers(ana)).toEqual([]);
  expect(
    await bookmarks.mine(
      ben,
      [3, 2, 1].map((number) => ({ channel: chat, number })),
    ),
  ).toEqual([false, true, true]);
  expect(await bookmarks.mine(ana, [{ channel: chat, number: 1 }])).toEqual([false]);
  expect(await bookmarks.mine(guest(''), [{ channel: chat, number: 1 }])).toEqual([false]);
  const between = (who: Who, from: number, to: number) => bookmarks.between(who, { channel: chat, from, to });
  const [his, ...none] = await Promise.all([between(ben, 1, 100), between(ben, 3, 100), between(ana, 1, 100), between(guest(''), 1, 100)]);
  expect(his.sort()).toEqual((await numbers(ben)).sort());
  expect(none).toEqual([[], [], []]);

  expect(await mark(ben, 2, false)).toMatchObject({ message: { number: 2 }, on: false });
  await mark(ben, 2, false);
  expect(await town.heard()).toEqual([{ to: `person ${idOf(ben)}`, event: { type: 'bookmarked', channel: chat, number: 2, on: false } }]);
  expect(await numbers(ben)).toEqual([1]);
});

test('the list goes on by cursor, newest first', async () => {
  const cy = await town.someone('cy');
  await town.communities.join(cy, { community });
  for (const number of [4, 1, 5, 3]) await mark(cy, number);
  const first = await bookmarks.list(cy, { first: 3 });
  expect(first.items.map(({ node }) => node.message.number)).toEqual([3, 5, 1]);
  expect(first.hasNext).toBe(true);
  const rest = await bookmarks.list(cy, { first: 3, after: first.items.at(-1)?.cursor });
  expect([rest.items.map(({ node }) => node.message.number), rest.hasNext]).toEqual([[4], false]);
  await expect(bookmarks.list(cy, { after: 'x' })).rejects.toMatchObject({ code: 'invalid_input', details: { field: 'after' } });
});

test('[L9] what may not be read any more is left out, and does not end the list', async () => {
  const dan = await town.someone('dan');
  await town.communities.join(dan, { community });
  const other = (await town.communities.create(ana, { name: 'Secret', visibility: 'private' })).id;
  await town.communities.invite(ana, { community: other, person: idOf(dan) });
  await town.communities.accept(dan, { community: other });
  const secret = (await town.conversations.createChannel(ana, { community: other, name: 'Cellar' })).id;
  await write(secret, 5);
  await mark(dan, 6);
  for (const number of [1, 2, 3, 4, 5]) await mark(dan, number, true, secret);
  expect(await numbers(dan)).toEqual([5, 4, 3, 2, 1, 6]);
  await town.communities.kick(ana, { community: other, person: idOf(dan) });
  const { items, hasNext } = await bookmarks.list(dan, { first: 2 });
  expect([items.map(({ node }) => [node.message.channel, node.message.number]), hasNext]).toEqual([[[chat, 6]], false]);
  await expect(mark(dan, 5, false, secret)).rejects.toMatchObject(notFound);
});

test('a deleted message keeps its bookmarks, without its words', async () => {
  const eva = await town.someone('eva');
  await town.communities.join(eva, { community });
  const channel = (await town.conversations.createChannel(ana, { community, name: 'Short' })).id;
  await write(channel, 1);
  await mark(eva, 1, true, channel);
  await town.conversations.delete(ana, { channel, number: 1 });
  expect((await bookmarks.list(eva, {})).items).toMatchObject([{ node: { message: { number: 1, body: null } } }]);
});

describe('refused', () => {
  test('guests, strangers, another application, and what is not there', async () => {
    const stranger = await town.someone('stranger');
    const foreign = await town.someone('foreign', 'admin', await town.otherApplication());
    const { id: closed } = await town.communities.create(ana, { name: 'Closed', visibility: 'private' });
    const { id: inside } = await town.conversations.createChannel(ana, { community: closed, name: 'Inside' });
    await write(inside, 1);
    await expect(mark(stranger, 1, true, inside)).rejects.toMatchObject(notFound);
    await expect(mark(foreign, 1)).rejects.toMatchObject(notFound);
    await expect(mark(guest(''), 1)).rejects.toMatchObject(notFound);
    await expect(bookmarks.list(guest(''), {})).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(mark(ben, 99)).rejects.toMatchObject(notFound);
    await expect(mark(ben, 1, true, 'x')).rejects.toMatchObject(notFound);
    await expect(mark(ben, 0)).rejects.toMatchObject({ code: 'invalid_input', details: { field: 'number' } });
    const { channel } = await town.conversations.createDiscussion(ana, { community, title: 'Open', body: 'To all' });
    await expect(mark(guest(''), 1, true, channel.id), 'who may read it without signing in').rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test("an application's token", async () => {
    const token: Who = { ...ben, role: 'application', scopes: ['read', 'write', 'people'] };
    await expect(mark(token, 1)).rejects.toMatchObject({ code: expect.stringMatching(/forbidden|not_found/) as string });
  });

  test('more than 10,000', async () => {
    const many = await town.someone('many');
    await town.communities.join(many, { community });
    await town.sql`insert into bookmarks (person, channel, number) select ${idOf(many)}, ${chat}, n from generate_series(1001, 10999) n`;
    await mark(many, 1);
    await expect(mark(many, 2)).rejects.toMatchObject({ code: 'conflict' });
    await mark(many, 1, false);
    await mark(many, 2);
    expect((await bookmarks.list(many, { first: 1 })).items).toMatchObject([{ node: { message: { number: 2 } } }]);
  });
});

test('of many who mark at once each is kept once, and the limit holds', async () => {
  const fay = await town.someone('fay');
  await town.communities.join(fay, { community });
  await town.sql`insert into bookmarks (person, channel, number) select ${idOf(fay)}, ${chat}, n from generate_series(1001, 10998) n`;
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 1, 2, 3, 4].map((number) => mark(fay, number)));
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(2);
  expect(await town.sql`select count(*)::int as count from bookmarks where person = ${idOf(fay)}`).toEqual([{ count: 10_000 }]);
});

test('the list is read from its index', async () => {
  await town.sql`vacuum analyze bookmarks`;
  const query = newestBookmarks(town.sql, idOf(ana), '900000000000000000', 21);
  const plan = (await town.sql`explain (costs off) ${query}`).map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('bookmarks_in_order');
  expect(plan).not.toContain('Sort');
});
