import fc from 'fast-check';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { connect } from '../../engines/postgres/index.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';
import { createConversations, createLog } from './index.ts';

// Two servers on one database, each of which believes a channel to be as it left it.
const ground = await testGround();
const ana = await testPerson(ground.sql, 'ana');
const community = await testCommunity(ground.sql, [{ who: ana, role: 'owner' }]);
const sent: string[] = [];
const pools = [1, 2].map(() =>
  connect(ground.url, { max: 2, name: 'plaza-log', lockMillis: 5_000, plannedOnce: true, watch: (query) => void sent.push(query.trim()) }),
);
const servers = pools.map((sql) => {
  const log = createLog({ sql, lanes: 2, logger: { warn() {}, error() {} } });
  return createConversations({ ...ground, log });
});
const [here, there] = [servers[0] ?? raise(), servers[1] ?? raise()];
function raise(): never {
  throw new Error('There are two servers.');
}
const chat = async () => (await here.createChannel(ana, { community, name: 'chat' })).id;
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  for (const sql of pools) await sql.end();
});

test('posts into a channel that is as it was left go in one statement', async () => {
  const channel = await chat();
  await here.post(ana, { channel, body: 'locks, looks, and remembers' });
  sent.length = 0;
  expect(await here.post(ana, { channel, body: 'two' })).toMatchObject({ number: 2, version: 2 });
  await Promise.all(['three', 'four', 'five'].map((body) => here.post(ana, { channel, body })));
  expect(sent.map((query) => query.slice(0, 12))).toEqual(['with claimed', 'with claimed']);
  const { messages } = await here.since(ana, { channel, version: 0 });
  expect(messages.map(({ number, version, body }) => `${number} ${version} ${body}`)).toEqual([
    '1 1 locks, looks, and remembers',
    '2 2 two',
    '3 3 three',
    '4 4 four',
    '5 5 five',
  ]);
  expect((await here.mine(ana)).find((mine) => mine.channel.id === channel)?.read).toBe(5);
});

test('[L1] a channel that another server wrote to is looked at again, and nothing is written on what was believed', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const channel = await chat();
  await here.post(ana, { channel, body: 'one' });
  await there.post(ana, { channel, body: 'two' });
  sent.length = 0;
  expect(await here.post(ana, { channel, body: 'three' })).toMatchObject({ number: 3, version: 3 });
  expect(sent.map((query) => /^(with claimed|begin|commit|rollback)/.exec(query)?.[0]).filter(Boolean)).toEqual([
    'with claimed',
    'begin',
    'commit',
  ]);
  // For a while it is not believed again.
  sent.length = 0;
  await here.post(ana, { channel, body: 'four' });
  expect(sent[0]).toMatch(/^begin/);
  vi.advanceTimersByTime(1000);
  sent.length = 0;
  await here.post(ana, { channel, body: 'five' });
  expect(sent).toEqual([expect.stringMatching(/^with claimed/)]);
});

test('[L4] a key that another server wrote gives its message', async () => {
  const channel = await chat();
  await here.post(ana, { channel, body: 'one', key: 'k' });
  expect(await here.post(ana, { channel, body: 'again', key: 'k' })).toMatchObject({ number: 1, version: 1, repeated: true });
  expect(await here.post(ana, { channel, body: 'two' })).toMatchObject({ number: 2, version: 2 });
});

test('[L4] of one key that two servers write at the same moment both give the same message', async () => {
  for (let i = 0; i < 20; i++) {
    const channel = await chat();
    await here.post(ana, { channel, body: 'first' });
    const both = await Promise.all([here, there].map((server) => server.post(ana, { channel, body: 'text', key: 'same' })));
    expect(both.map(({ number }) => number)).toEqual([2, 2]);
    expect(both.filter(({ repeated }) => repeated)).toHaveLength(1);
  }
});

test('[L1] what two servers do to one message at the same moment is all there afterwards', async () => {
  for (let i = 0; i < 20; i++) {
    const channel = await chat();
    await here.post(ana, { channel, body: 'one' });
    const [first, second] = i % 2 === 0 ? [here, there] : [there, here];
    await Promise.all([first.edit(ana, { channel, number: 1, body: 'edited' }), second.pin(ana, { channel, number: 1, on: true })]);
    const [message] = await here.messages(ana, [{ channel, number: 1 }]);
    expect(message).toMatchObject({ version: 3, body: 'edited', pinnedAt: expect.any(String) });
  }
});

test('what may be written is decided on what is true: a channel closed by another server', async () => {
  const ben = await testPerson(ground.sql, 'ben');
  await ground.sql`insert into community_members (community, person, role) values (${community}, ${ben.person.id}, 'member')`;
  const channel = await chat();
  await here.post(ben, { channel, body: 'one' });
  await there.change(ana, { channel, archived: true });
  await expect(here.post(ben, { channel, body: 'two' })).rejects.toMatchObject({ code: 'forbidden' });
  await there.change(ana, { channel, archived: false });
  expect(await here.post(ben, { channel, body: 'three' })).toMatchObject({ number: 2, version: 4 });
});

test('[L1] [L2] [L6] whatever two servers write into the same channels, in whatever order: no gap, nothing twice, in order', async () => {
  const doings = fc.array(
    fc.record({
      server: fc.constantFrom(here, there),
      channel: fc.nat(2),
      what: fc.constantFrom('post', 'post', 'post', 'edit', 'same key'),
      wait: fc.boolean(),
    }),
    { minLength: 5, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(doings, async (list) => {
      const channels = [await chat(), await chat(), await chat()];
      for (const channel of channels) await here.post(ana, { channel, body: 'first', key: 'first' });
      const under: Promise<unknown>[] = [];
      for (const { server, channel: which, what, wait } of list) {
        const channel = channels[which] ?? '';
        if (what === 'edit') under.push(server.edit(ana, { channel, number: 1, body: `edited ${under.length}` }));
        else under.push(server.post(ana, { channel, body: 'text', ...(what === 'same key' ? { key: 'same' } : {}) }));
        if (wait) await under.at(-1);
      }
      await Promise.all(under);
      for (const [which, channel] of channels.entries()) {
        const of = list.filter((one) => one.channel === which);
        const posts = 1 + of.filter((one) => one.what === 'post').length + Math.min(1, of.filter((one) => one.what === 'same key').length);
        const edits = of.filter((one) => one.what === 'edit').length;
        const { messages, version, number } = await here.since(ana, { channel, version: 0 });
        expect({ version, number }).toEqual({ version: posts + edits, number: posts });
        expect(messages.map((message) => message.number).sort((a, b) => a - b)).toEqual(Array.from({ length: posts }, (_, i) => i + 1));
        expect(new Set(messages.map((message) => message.version)).size).toBe(posts);
      }
    }),
    { numRuns: 15 },
  );
});
