import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect } from '../../engines/postgres/index.ts';
import { createPolicy } from '../policy/index.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';
import { createConversations } from './create.ts';

const ground = await testGround();
const { sql, conversations: plain } = ground;
const [ana, ben, cleo] = await Promise.all(['ana', 'ben', 'cleo'].map((handle) => testPerson(sql, handle)));
if (!ana || !ben || !cleo) throw new Error('no people');
const community = await testCommunity(sql, [
  { who: ana, role: 'owner' },
  { who: ben, role: 'member' },
]);
const alien = { ...ana, application: '2' };

let statements = 0;
const watched = connect(ground.url, { max: 4, name: 'watched', watch: () => statements++ });
const conversations = createConversations({
  ...ground,
  sql: watched,
  reads: watched,
  policy: createPolicy({ sql: watched, communitiesBy: 'members' }),
});
let chat = '';
let secret = '';

beforeAll(async () => {
  chat = (await plain.createChannel(ana, { community, name: 'talk' })).id;
  secret = (await plain.createChannel(ana, { community, name: 'secret', visibility: 'private' })).id;
  for (let i = 1; i <= 5; i++) await plain.post(ana, { channel: chat, body: `@ben ${i}` });
  await plain.post(ana, { channel: secret, body: 'hush' });
  await plain.markRead(ben, { channel: chat, number: 2 });
  await plain.createGroup(ana, { name: 'both', people: [ben.person.id] });
  // What the driver asks for itself, once a connection, is not counted.
  await Promise.all([1, 2, 3, 4].map(() => watched`select pg_sleep(0.05)`));
});
beforeEach(() => {
  statements = 0;
});
afterAll(() => watched.end());

test('side bars of any number are read in two statements, each with its own unread marks', async () => {
  const callers = [ana, ben, cleo, alien, ...Array.from({ length: 40 }, () => ben)];
  const bars = await Promise.all(callers.map((who) => conversations.mine(who)));
  expect(statements).toBe(2);
  expect(bars[0]?.map(({ channel }) => channel.name).sort()).toEqual(['both', 'secret', 'talk']);
  expect(bars[1]?.map(({ channel, people }) => [channel.name, people.map(({ handle }) => handle)])).toEqual([
    ['both', ['ana']],
    ['talk', []],
  ]);
  expect(bars[1]?.at(-1)).toMatchObject({ number: 5, read: 2, mentions: 3 });
  expect(bars[0]?.find(({ channel }) => channel.id === chat)).toMatchObject({ read: 5, mentions: 0 });
  expect(bars.slice(2, 4)).toEqual([[], []]);
  expect(bars.at(-1)).toEqual(bars[1]);
});

test('[L7] [L9] what changed in any number of channels is read in three statements at most, for those who may read', async () => {
  const answers = await Promise.allSettled([
    conversations.since(ana, { channel: chat, version: 2 }),
    conversations.since(ben, { channel: chat, version: 2 }),
    conversations.since(ben, { channel: chat, version: 1, limit: 2 }),
    conversations.since(ana, { channel: secret, version: 0 }),
    conversations.since(ben, { channel: secret, version: 0 }),
    conversations.since(alien, { channel: chat, version: 0 }),
    conversations.since(ana, { channel: '42', version: 0 }),
  ]);
  expect(statements).toBeLessThanOrEqual(3);
  const [mine, his, part, hush, ...others] = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.code));
  expect(mine).toMatchObject({ version: 5, number: 5, gap: false, details: null, messages: [{ number: 3 }, { number: 4 }, { number: 5 }] });
  expect(his).toEqual(mine);
  expect(part).toMatchObject({ version: 3, number: 5, gap: true, messages: [{ number: 2 }, { number: 3 }] });
  expect(hush).toMatchObject({ messages: [{ body: 'hush' }] });
  expect(others).toEqual(['not_found', 'not_found', 'not_found']);
});

test('[L9] [L11] any number of openings ask four statements; what changed is read once and given to who may read, with how far they did', async () => {
  const places = [2, 2, 0].map((version) => ({ channel: chat, version }));
  const [changes, again, all, hush] = await Promise.all([...places, { channel: secret, version: 0 }].map(conversations.changed));
  if (!changes || !again || !all || !hush) throw new Error('nothing was read');
  expect([changes, again, all, hush]).toEqual([5, 5, 5, 1].map((version) => ({ version, gap: false })));
  const asks = [ana, ben, cleo, alien].map((who) => conversations.entered(who, changes));
  const others = [conversations.entered(ben, all), conversations.entered(ben, hush), conversations.entered(ben, { ...changes })];
  const answers = await Promise.allSettled([...asks, ...others]);
  const [hers, his, ...rest] = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.code));
  expect(hers).toMatchObject({ channel: { id: chat, name: 'talk' }, read: 5, log: { version: 5, number: 5, gap: false } });
  expect(hers.log.messages.map(({ number }: { number: number }) => number)).toEqual([3, 4, 5]);
  expect(his).toEqual({ ...hers, read: 2 });
  expect(his.log).toBe(hers.log);
  expect(rest.slice(0, 2)).toEqual(['not_found', 'not_found']);
  expect(rest[2].log.messages).toHaveLength(5);
  expect(rest.slice(3)).toEqual(['not_found', 'not_found']);
  expect(statements).toBe(4);
});

test('[L7] details that changed come with what changed, at once or in the last part of several', async () => {
  const { version } = await plain.since(ana, { channel: chat, version: 0 });
  await plain.change(ana, { channel: chat, topic: 'this and that' });
  const [before, after] = await Promise.all(
    [version, version + 1].map((from) => conversations.since(ben, { channel: chat, version: from })),
  );
  expect(before).toMatchObject({ version: version + 1, details: { topic: 'this and that' }, messages: [] });
  expect(after).toMatchObject({ version: version + 1, details: null, messages: [] });
});

test('[L9] pages that are asked for together are read in one statement, and one asks for access: only who may read is given one', async () => {
  const asks = [
    conversations.page(ana, { channel: chat }),
    conversations.page(ben, { channel: chat }),
    conversations.page(ben, { channel: chat, before: 3, limit: 1 }),
    conversations.page(ana, { channel: secret }),
    conversations.page(ben, { channel: secret }),
    conversations.page(alien, { channel: chat }),
    conversations.page(ana, { channel: '42' }),
  ];
  const several = conversations.messagesOf(ben, [secret, chat, '42', 'no id'], 1, 2);
  const answers = await Promise.allSettled(asks);
  const [first, second, third, fourth] = await several;
  expect(statements).toBe(2);
  const [mine, his, part, hush, ...others] = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.code));
  expect(mine).toMatchObject({ more: { before: false, after: false }, head: { channel: chat, number: 5 } });
  expect(mine.messages.map(({ number }: { number: number }) => number)).toEqual([1, 2, 3, 4, 5]);
  expect(his.messages).toBe(mine.messages);
  expect(part).toMatchObject({ messages: [{ number: 2 }], more: { before: true, after: true } });
  expect(hush.messages.map(({ body }: { body: string }) => body)).toEqual(['hush']);
  expect(others).toEqual(['not_found', 'not_found', 'not_found']);
  expect(second).toMatchObject({ channel: chat, messages: [{ number: 2 }, { number: 3 }], more: { before: true, after: true } });
  for (const empty of [first, third, fourth]) expect(empty).toMatchObject({ messages: [], head: { number: 0 } });
});

test('what any number of people have read is written in one statement, and one asks for access', async () => {
  const answers = await Promise.all([
    ...Array.from({ length: 40 }, (_, i) => conversations.markRead(ben, { channel: chat, number: 2 + (i % 3) })),
    conversations.markRead(ana, { channel: secret, number: 1 }),
  ]);
  expect(statements).toBe(2);
  expect(answers.map(({ number }) => number)).toEqual([...Array.from({ length: 40 }, () => 4), 1]);
});
