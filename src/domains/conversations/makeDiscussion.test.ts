import { describe, expect, test } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, conversations, reactions } = await testGround();
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const cleo = await testPerson(sql, 'cleo');
const eve = await testPerson(sql, 'eve', 'member', (await sql`insert into applications (name) values ('Other') returning id`)[0]?.['id']);
const members = [
  { who: ana, role: 'owner' as const },
  { who: ben, role: 'member' as const },
  { who: cleo, role: 'member' as const },
];
const community = await testCommunity(sql, members);
const title = 'How it [works]';
const refused = (code: string) => expect.objectContaining({ code });

/** A chat in which ana and ben have written in turn. */
async function talk(count: number, of: Id = community): Promise<Id> {
  const { id: channel } = await conversations.createChannel(ana, { community: of, name: 'the_chat' });
  for (let i = 1; i <= count; i++) {
    await conversations.post(i % 2 ? ana : ben, { channel, body: `message ${i}`, ...(i > 1 && i % 2 ? { replyTo: i - 1 } : {}) });
  }
  return channel;
}
const messagesOf = async (channel: Id) => (await conversations.page(ana, { channel, limit: 200 })).messages;

test('copies follow the opening in order, with author, time and replies, and both sides know each other', async () => {
  const channel = await talk(5);
  await conversations.post(ana, { channel, body: '@cleo, look', replyTo: 1 });
  await reactions.react(ben, { channel, number: 2, emoji: '👍', on: true });
  const before = await messagesOf(channel);
  const [{ version: versionBefore } = { version: 0 }] = (await conversations.heads([channel])).filter((head) => head !== null);
  const made = await conversations.makeDiscussion(ben, {
    channel,
    numbers: [6, 3, 2, 3],
    community,
    title,
    body: 'So @ana said.',
    tags: ['How'],
  });

  expect(made.channel).toMatchObject({ kind: 'discussion', community, name: title, tags: ['how'], createdBy: ben.person.id });
  expect(made.message).toMatchObject({ number: 1, author: ben.person.id, body: 'So @ana said.', mentions: [ana.person.id], link: null });
  const [, ...copies] = await messagesOf(made.channel.id);
  expect(copies).toMatchObject([
    { number: 2, author: ben.person.id, body: 'message 2', replyTo: null, link: { channel, number: 2 }, reactions: [] },
    { number: 3, author: ana.person.id, body: 'message 3', replyTo: 2, link: { channel, number: 3 } },
    { number: 4, author: ana.person.id, body: '@cleo, look', replyTo: null, mentions: [], link: { channel, number: 6 } },
  ]);
  expect(copies.map((copy) => copy.createdAt)).toEqual([2, 3, 6].map((number) => before[number - 1]?.createdAt));
  // Who was called in the chat is not called again.
  expect(await conversations.unreadMentions(cleo, [channel, made.channel.id])).toEqual([1, 0]);

  const after = await messagesOf(channel);
  expect(after.map((message) => message.link?.number ?? 0)).toEqual([0, 2, 3, 0, 0, 4, 0]);
  expect(after[1]).toMatchObject({ body: 'message 2', editedAt: null, reactions: [{ emoji: '👍', count: 1 }] });
  expect(after[6]).toMatchObject({ author: ben.person.id, number: 7 });
  expect(after[6]?.body).toBe(`3 💬 → [How it \\[works\\]](/go/${made.channel.id})`);
  // [L2] Three links and a message.
  expect((await conversations.heads([channel]))[0]).toMatchObject({ number: 7, version: versionBefore + 4 });
  // [L7] Whoever was away gets all of it.
  const { messages } = await conversations.since(ana, { channel, version: versionBefore });
  expect(messages.map((message) => message.number)).toEqual([2, 3, 6, 7]);
  // The list of discussions knows it.
  const { items } = await conversations.discussions(cleo, { community, sort: 'latest' }, { first: 1 });
  expect(items[0]?.node).toMatchObject({ channel: { id: made.channel.id }, comments: 3 });
});

test('without a body the opening says where it began', async () => {
  const channel = await talk(1);
  const { message } = await conversations.makeDiscussion(ana, { channel, numbers: [1], community, title });
  expect(message.body).toBe(`💬 [the\\_chat](/go/${channel}/1)`);
});

test('[L4] the same key gives the same discussion, also to many at once, and when its messages are gone', async () => {
  const channel = await talk(3);
  const make = () => conversations.makeDiscussion(ben, { channel, numbers: [1, 2], community, title, key: 'once' });
  const made = await Promise.all([make(), make(), make(), make()]);
  expect(new Set(made.map((one) => one.channel.id)).size).toBe(1);
  await conversations.delete(ana, { channel, number: 1 });
  expect((await make()).channel.id).toBe(made[0]?.channel.id);
  expect(await messagesOf(channel)).toHaveLength(4);
});

test('[L1] [L2] many at once, beside people who write: no deadlock, no gap', async () => {
  const channels = [await talk(4), await talk(4)];
  const all = await Promise.allSettled(
    Array.from({ length: 24 }, (_, i) => {
      const channel = channels[i % 2] ?? '';
      if (i % 3) return conversations.post(ben, { channel, body: `between ${i}` });
      return conversations.makeDiscussion(i % 2 ? ana : ben, { channel, numbers: [1, 2, 3, 4], community, title: `d${i}` });
    }),
  );
  expect(all.filter((one) => one.status === 'rejected')).toEqual([]);
  for (const channel of channels) {
    const messages = await messagesOf(channel);
    expect(messages.map((message) => message.number)).toEqual(messages.map((_, i) => i + 1));
    const [head] = await conversations.heads([channel]);
    expect(head?.number).toBe(messages.length);
    expect(new Set(messages.map((message) => message.version)).size).toBe(messages.length);
    expect(Math.max(...messages.map((message) => message.version))).toBe(head?.version);
  }
});

test('[L11] who makes it has read all of it, whose words are taken nothing', async () => {
  const channel = await talk(2);
  const made = await conversations.makeDiscussion(ben, { channel, numbers: [1, 2], community, title });
  expect(await conversations.reads(ana, [made.channel.id])).toEqual([0]);
  expect(await conversations.reads(ben, [made.channel.id])).toEqual([3]);
});

test('who may not read the channel is refused without a wait for those who write in it', async () => {
  const channel = await talk(1);
  const foreign = await testCommunity(sql, [{ who: eve, role: 'owner' }], 'public', eve.application);
  const made = conversations.makeDiscussion;
  await sql.begin(async (tx) => {
    await tx`select from channel_heads where channel = ${channel} for update`;
    await expect(made(eve, { channel, numbers: [1], community: foreign, title })).rejects.toEqual(refused('not_found'));
  });
});

describe('who may take what', () => {
  const take = (who: typeof ana, channel: Id, numbers: number[], into: Id = community) =>
    conversations.makeDiscussion(who, { channel, numbers, community: into, title });

  test('from what is not public, only what oneself wrote', async () => {
    const { id: hidden } = await conversations.createChannel(ana, { community, name: 'hidden', visibility: 'private' });
    const group = (await conversations.createGroup(ana, { people: [ben.person.id] })).id;
    const direct = (await conversations.openDirect(ana, { person: ben.person.id })).id;
    await conversations.addMember(ana, { channel: hidden, person: ben.person.id });
    for (const channel of [hidden, group, direct]) {
      await conversations.post(ana, { channel, body: 'hers' });
      await conversations.post(ben, { channel, body: 'his' });
      await expect(take(ana, channel, [1, 2])).rejects.toEqual(refused('forbidden'));
      await expect(take(cleo, channel, [1])).rejects.toEqual(refused('not_found'));
      const made = await take(ana, channel, [1]);
      expect((await messagesOf(made.channel.id))[1]).toMatchObject({ body: 'hers', link: { channel, number: 1 } });
    }
  });

  test('what was said in a private community stays in it', async () => {
    const home = await testCommunity(sql, members, 'private');
    const channel = await talk(2, home);
    await expect(take(ana, channel, [1, 2])).rejects.toEqual(refused('forbidden'));
    await take(ana, channel, [1]);
    await take(ben, channel, [1, 2], home);
  });

  test('no side learns the name of a place that it may not see', async () => {
    const { id: hidden } = await conversations.createChannel(ana, { community, name: 'hidden', visibility: 'private' });
    const { id: group } = await conversations.createGroup(ana, { people: [ben.person.id], name: 'A surprise for Cleo' });
    for (const channel of [hidden, group]) {
      await conversations.post(ana, { channel, body: 'hers' });
      expect((await take(ana, channel, [1])).message.body).toBe(`💬 […](/go/${channel}/1)`);
    }
    const home = await testCommunity(sql, members, 'private');
    const channel = await talk(1);
    for (const place of [channel, group]) {
      const made = await take(ana, place, [1], home);
      expect((await messagesOf(place)).at(-1)?.body).toBe(`1 💬 → […](/go/${made.channel.id})`);
    }
    const inside = await talk(1, home);
    await take(ana, inside, [1], home);
    expect((await messagesOf(inside)).at(-1)?.body).toContain('How it');
  });

  test('into a community where one may write, never across applications', async () => {
    const channel = await talk(2);
    const elsewhere = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
    await expect(take(ben, channel, [1], elsewhere)).rejects.toEqual(refused('forbidden'));
    const foreign = await testCommunity(sql, [{ who: eve, role: 'owner' }], 'public', eve.application);
    await expect(take(ben, channel, [1], foreign)).rejects.toEqual(refused('not_found'));
    await expect(take(eve, channel, [1], foreign)).rejects.toEqual(refused('not_found'));
  });

  test('not from a discussion, nor an archived chat', async () => {
    const { channel } = await conversations.createDiscussion(ana, { community, title, body: 'b' });
    await expect(take(ana, channel.id, [1])).rejects.toEqual(refused('forbidden'));
    const chat = await talk(1);
    await conversations.change(ana, { channel: chat, archived: true });
    await expect(take(ana, chat, [1])).rejects.toEqual(refused('forbidden'));
  });

  test('in an announcement channel nothing is posted by who may not, but it is taken', async () => {
    const channel = await talk(2);
    await conversations.change(ana, { channel, posting: 'moderators' });
    await take(ben, channel, [1, 2]);
    expect(await messagesOf(channel)).toHaveLength(2);
  });
});

test('1 to 100 living messages, or nothing at all is made', async () => {
  const channel = await talk(3);
  const before = await sql`select count(*)::int as n from channels`;
  const take = (numbers: number[]) => conversations.makeDiscussion(ana, { channel, numbers, community, title });
  await expect(take([])).rejects.toEqual(refused('invalid_input'));
  await expect(take(Array.from({ length: 101 }, (_, i) => i + 1))).rejects.toEqual(refused('invalid_input'));
  await expect(take([0])).rejects.toEqual(refused('invalid_input'));
  await expect(take([1, 9])).rejects.toEqual(refused('not_found'));
  await conversations.delete(ana, { channel, number: 2 });
  await expect(take([1, 2])).rejects.toEqual(refused('conflict'));
  expect(await sql`select count(*)::int as n from channels`).toEqual(before);
  expect((await messagesOf(channel)).every((message) => message.link === null)).toBe(true);
});
