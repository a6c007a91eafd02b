import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { createTown, idOf, type Town } from '../communities/testing.ts';
import { guest, type Who } from '../policy/index.ts';
import { later } from '../testing.ts';
import { createDrafts, type Drafts } from './index.ts';
import { newestDrafts } from './read.ts';

let town: Town;
let drafts: Drafts;
let [ana, ben]: [Who, Who] = [guest(''), guest('')];
let community: Id;
let chat: Id;
const notFound = { code: 'not_found' };
const invalid = (field: string) => ({ code: 'invalid_input', details: { field } });

beforeAll(async () => {
  town = await createTown();
  drafts = createDrafts(town);
  [ana, ben] = [await town.someone('ana'), await town.someone('ben')];
  community = (await town.communities.create(ana, { name: 'Garden' })).id;
  await town.communities.join(ben, { community });
  chat = (await town.conversations.createChannel(ana, { community, name: 'Talk' })).id;
});
afterAll(() => town.end());

const places = async (who: Who) => (await drafts.list(who, {})).items.map(({ node }) => node.place);

test('a draft is kept whole, is the same on all devices, and is gone when it is empty', async () => {
  await town.heard();
  const told = (draft: unknown) => ({ to: `person ${idOf(ben)}`, event: { type: 'draft', draft } });
  const first = await drafts.save(ben, { place: chat, body: 'I wonder\r\nwhether  ', replyTo: 3 });
  expect(first).toEqual({
    place: chat,
    title: '',
    body: 'I wonder\nwhether',
    replyTo: 3,
    updatedAt: expect.stringMatching(/Z$/) as string,
  });
  expect(await drafts.get(ben, chat)).toEqual(first);
  const second = await drafts.save(ben, { place: chat, body: 'I know' });
  expect(second).toMatchObject({ body: 'I know', replyTo: null });
  expect(await drafts.save(ben, { place: chat, body: 'I know' }), 'the same again changes nothing').toEqual(second);
  expect(await town.heard()).toEqual([told(first), told(second)]);
  expect(await drafts.get(ana, chat), 'nobody else has it').toBe(null);
  expect(await places(ana)).toEqual([]);

  expect(await drafts.save(ben, { place: chat, body: ' \n ', replyTo: 3 })).toMatchObject({
    place: chat,
    title: '',
    body: '',
    replyTo: null,
  });
  await drafts.save(ben, { place: chat, body: '' });
  expect(await town.heard()).toEqual([told(expect.objectContaining({ place: chat, title: '', body: '', replyTo: null }))]);
  expect([await drafts.get(ben, chat), await places(ben)]).toEqual([null, []]);
});

test('one for a new discussion belongs to its community, and may be a title alone', async () => {
  expect(await drafts.save(ben, { place: community, title: ' My  tomatoes ', body: '' })).toMatchObject({
    place: community,
    title: 'My tomatoes',
    body: '',
  });
  expect(await drafts.get(ben, community)).toMatchObject({ title: 'My tomatoes' });
  await drafts.save(ben, { place: community, body: '' });
});

test('a direct channel has drafts', async () => {
  const { id } = await town.conversations.openDirect(ana, { person: idOf(ben) });
  expect(await drafts.save(ana, { place: id, body: 'Dear' })).toMatchObject({ place: id, body: 'Dear' });
});

test('the last touched comes first, page by page', async () => {
  const cy = await town.someone('cy');
  await town.communities.join(cy, { community });
  const chats: Id[] = [];
  for (const name of ['a', 'b', 'c']) chats.push((await town.conversations.createChannel(ana, { community, name })).id);
  for (const place of chats) await drafts.save(cy, { place, body: 'x' });
  await later();
  await drafts.save(cy, { place: chats[0] ?? '', body: 'xy' });
  const inOrder = [chats[0], chats[2], chats[1]];
  expect(await places(cy)).toEqual(inOrder);
  const [latest, another] = await Promise.all([drafts.latest(cy), drafts.latest(ana)]);
  expect(latest.map(({ place }) => place)).toEqual(await places(cy));
  expect(another.map(({ place }) => place)).toEqual(await places(ana));
  const first = await drafts.list(cy, { first: 2 });
  expect([first.items.map(({ node }) => node.place), first.hasNext]).toEqual([inOrder.slice(0, 2), true]);
  const rest = await drafts.list(cy, { first: 2, after: first.items.at(-1)?.cursor });
  expect([rest.items.map(({ node }) => node.place), rest.hasNext]).toEqual([inOrder.slice(2), false]);
});

describe('refused', () => {
  test.each([
    ['body', { body: 'x'.repeat(10_001) }],
    ['body', { body: 'a\u0000' }],
    ['body', { body: '\ud800' }],
    ['title', { body: '', title: 'x'.repeat(201) }],
    ['title', { body: 'In a chat there is none', title: 'x' }],
    ['replyTo', { body: 'x', replyTo: 0 }],
    ['replyTo', { body: 'x', replyTo: 1.5 }],
  ])('%s of %j', async (field, input) => {
    await expect(drafts.save(ben, { place: chat, ...input })).rejects.toMatchObject(invalid(field));
  });

  test('a new discussion that replies', async () => {
    await expect(drafts.save(ben, { place: community, body: 'x', replyTo: 1 })).rejects.toMatchObject(invalid('replyTo'));
  });

  test('places that are not to be seen, guests, another application', async () => {
    const { id: closed } = await town.communities.create(ana, { name: 'Closed', visibility: 'private' });
    const { id: inside } = await town.conversations.createChannel(ana, { community: closed, name: 'Inside' });
    const foreign = await town.someone('foreign', 'admin', await town.otherApplication());
    for (const place of [closed, inside, '7', '0', 'x', '99999999999999999999']) {
      await expect(drafts.save(ben, { place, body: 'x' })).rejects.toMatchObject(notFound);
      expect(await drafts.get(ben, place)).toBe(null);
    }
    for (const place of [chat, community]) {
      await expect(drafts.save(foreign, { place, body: 'x' })).rejects.toMatchObject(notFound);
      await expect(drafts.save(foreign, { place, body: '' })).rejects.toMatchObject(notFound);
    }
    await expect(drafts.save(guest(''), { place: community, body: 'x' })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(drafts.get(guest(''), chat)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(drafts.list(guest(''), {})).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(drafts.latest(guest(''))).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

test('where one may not go any more a draft can still be thrown away', async () => {
  const eva = await town.someone('eva');
  const { id } = await town.conversations.createGroup(ana, { people: [idOf(eva), idOf(ben)] });
  await drafts.save(eva, { place: id, body: 'Goodbye' });
  await town.conversations.removeMember(ana, { channel: id, person: idOf(eva) });
  await expect(drafts.save(eva, { place: id, body: 'Goodbye all' })).rejects.toMatchObject(notFound);
  expect(await drafts.save(eva, { place: id, body: '' })).toMatchObject({ body: '' });
  expect(await drafts.get(eva, id)).toBe(null);
  await expect(drafts.save(eva, { place: id, body: '' })).rejects.toMatchObject(notFound);
});

test('of more than 500 the oldest goes, and the devices are told', async () => {
  const dan = await town.someone('dan');
  await town.communities.join(dan, { community });
  await town.sql`
    insert into drafts (person, place, body, updated_at)
    select ${idOf(dan)}, n, 'x', now() - interval '1 day' - n * interval '1 minute' from generate_series(1, 500) n`;
  await town.heard();
  await drafts.save(dan, { place: chat, body: 'new' });
  expect((await town.heard()).map(({ event }) => event.type === 'draft' && [event.draft.place, event.draft.body])).toEqual([
    [chat, 'new'],
    ['500', ''],
  ]);
  expect(await town.sql`select count(*)::int as count from drafts where person = ${idOf(dan)}`).toEqual([{ count: 500 }]);
  expect(await drafts.get(dan, '500')).toBe(null);
});

test('of two devices that write at once the last one told is the one that is kept', async () => {
  await town.heard();
  await Promise.all(Array.from({ length: 12 }, (_, i) => drafts.save(ben, { place: chat, body: `text ${i}` })));
  const last = (await town.heard()).at(-1)?.event;
  expect(last).toEqual({ type: 'draft', draft: await drafts.get(ben, chat) });
});

test('the list is read from its index', async () => {
  await town.sql`vacuum analyze drafts`;
  const plan = (await town.sql`explain (costs off) ${newestDrafts(town.sql, idOf(ana), [Date.now(), '7'], 21)}`)
    .map((row) => row['QUERY PLAN'])
    .join('\n');
  expect(plan).toContain('drafts_by_time');
  expect(plan).not.toContain('Sort');
});
