import { describe, expect, test } from 'vitest';
import { later, testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, conversations, policy } = await testGround();
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const eve = await testPerson(sql, 'eve');
const community = await testCommunity(sql, [
  { who: ana, role: 'owner' },
  { who: ben, role: 'member' },
]);
const notFound = { code: 'not_found' };

describe('discussions', () => {
  test('start with their opening message as number 1, or not at all', async () => {
    const { channel, message } = await conversations.createDiscussion(ben, {
      community,
      title: ' Which  tomatoes? ',
      body: 'Mine **split**.',
      tags: ['Garden', 'garden'],
    });
    expect(channel).toMatchObject({ kind: 'discussion', name: 'Which tomatoes?', tags: ['garden'], createdBy: ben.person.id });
    expect(message).toMatchObject({ number: 1, version: 1, body: 'Mine **split**.' });
    const before = await sql`select count(*)::int as n from channels`;
    await expect(conversations.createDiscussion(ben, { community, title: 't', body: '' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(conversations.createDiscussion(eve, { community, title: 't', body: 'b' })).rejects.toMatchObject({
      code: 'forbidden',
      details: { rule: 'join-to-start' },
    });
    expect(await sql`select count(*)::int as n from channels`).toEqual(before);
  });

  test('[L4] the same key gives the same discussion, also to many at once', async () => {
    const start = (title: string) => conversations.createDiscussion(ben, { community, title, body: 'b', key: 'once' });
    const started = await Promise.all([start('first'), start('first'), start('first')]);
    expect(new Set(started.map((s) => s.channel.id)).size).toBe(1);
    expect(await start('another title')).toMatchObject({ channel: { id: started[0]?.channel.id, name: 'first' }, message: { number: 1 } });
    const other = await conversations.createDiscussion(ana, { community, title: 'hers', body: 'b', key: 'once' });
    expect(other.channel.id).not.toBe(started[0]?.channel.id);
  });

  test('are sorted by latest, popular and unanswered, filtered by tag and author, and paged', async () => {
    const home = await testCommunity(sql, [
      { who: ana, role: 'owner' },
      { who: ben, role: 'member' },
    ]);
    const ids: string[] = [];
    for (const title of ['one', 'two', 'three', 'four']) {
      const { channel } = await conversations.createDiscussion(title === 'two' ? ben : ana, {
        community: home,
        title,
        body: 'b',
        tags: title === 'three' ? ['odd'] : [],
      });
      ids.push(channel.id);
    }
    await later();
    await conversations.post(ben, { channel: ids[0] ?? '', body: 'answer' });
    await later();
    await conversations.post(ana, { channel: ids[1] ?? '', body: 'answer' });
    await conversations.post(ben, { channel: ids[1] ?? '', body: 'answer' });
    const titles = async (input: object, page: object = {}) =>
      (await conversations.discussions(eve, { community: home, sort: 'latest', ...input }, page)).items.map(
        (item) => item.node.channel.name,
      );
    expect(await titles({})).toEqual(['two', 'one', 'four', 'three']);
    expect(await titles({ sort: 'popular' })).toEqual(['two', 'one', 'four', 'three']);
    expect(await titles({ sort: 'unanswered' })).toEqual(['four', 'three']);
    expect(await titles({ tag: 'ODD' })).toEqual(['three']);
    expect(await titles({ author: ben.person.id })).toEqual(['two']);
    for (const sort of ['latest', 'popular', 'unanswered'] as const) {
      const all = await titles({ sort });
      const paged: (string | null)[] = [];
      for (let after: string | undefined; ; ) {
        const page = await conversations.discussions(eve, { community: home, sort }, { first: 1, after });
        paged.push(...page.items.map((item) => item.node.channel.name));
        after = page.items.at(-1)?.cursor;
        if (!page.hasNext) break;
      }
      expect(paged).toEqual(all);
    }
    const [batched] = await conversations.discussionsOf(eve, [home], 'latest', 3);
    expect(batched?.items.map((item) => item.node.channel.name)).toEqual(['two', 'one', 'four']);
    expect(batched?.hasNext).toBe(true);
  });
});

describe('who may read', () => {
  test('[L9] a private community, a private chat, a group and a direct channel are not found by others, on every read', async () => {
    const hidden = await testCommunity(sql, [{ who: ana, role: 'owner' }], 'private');
    const inHidden = await conversations.createChannel(ana, { community: hidden, name: 'c' });
    const privately = await conversations.createChannel(ana, { community, name: 'p', visibility: 'private' });
    const group = await conversations.createGroup(ana, { name: 'g', people: [ben.person.id] });
    const direct = await conversations.openDirect(ana, { person: ben.person.id });
    for (const { id: channel } of [inHidden, privately, group, direct]) {
      const posted = await conversations.post(ana, { channel, body: 'secret' });
      const asks = [
        conversations.channel(eve, channel),
        conversations.since(eve, { channel, version: 0 }),
        conversations.page(eve, { channel }),
        conversations.members(eve, channel, {}),
        conversations.pins(eve, channel, {}),
        conversations.revisions(eve, { channel, number: 1 }),
        conversations.readers(eve, { channel, number: 1 }, {}),
        conversations.search(eve, { channel, q: 'secret' }, {}),
        conversations.post(eve, { channel, body: 'x' }),
        conversations.edit(eve, { channel, number: 1, body: 'x' }),
        conversations.delete(eve, { channel, number: 1 }),
        conversations.pin(eve, { channel, number: 1, on: true }),
        conversations.markRead(eve, { channel, number: 1 }),
        conversations.typing(eve, { channel }),
        conversations.change(eve, { channel, name: 'x' }),
        conversations.addMember(eve, { channel, person: eve.person.id }),
        conversations.removeMember(eve, { channel, person: ana.person.id }),
      ];
      for (const answer of await Promise.allSettled(asks)) expect(answer).toMatchObject({ status: 'rejected', reason: notFound });
      expect(await conversations.channels(eve, [channel])).toEqual([null]);
      expect(await conversations.messages(eve, [{ channel, number: posted.number }])).toEqual([null]);
      expect((await conversations.messagesOf(eve, [channel], 0, 10))[0]?.messages).toEqual([]);
      expect(
        await conversations.mayRead([
          { who: eve, channel },
          { who: ana, channel },
        ]),
      ).toEqual([false, true]);
    }
    await expect(conversations.discussions(eve, { community: hidden, sort: 'latest' }, {})).rejects.toMatchObject(notFound);
    await expect(conversations.communityChats(eve, hidden, {})).rejects.toMatchObject(notFound);
    const chats = await conversations.communityChats(ben, community, {});
    expect(chats.items.map((item) => item.node.id)).not.toContain(privately.id);
    expect((await conversations.mine(eve)).length).toBe(0);
  });

  test('[L9] making a chat private, and removing a member, ends reading with the commit', async () => {
    policy.remember(false);
    const { id: channel } = await conversations.createChannel(ana, { community, name: 'soon private' });
    await conversations.post(ben, { channel, body: 'here' });
    await conversations.change(ana, { channel, visibility: 'private' });
    await expect(conversations.since(ben, { channel, version: 0 })).rejects.toMatchObject(notFound);
    await expect(conversations.addMember(ana, { channel, person: eve.person.id })).rejects.toMatchObject({ code: 'conflict' });
    await conversations.addMember(ana, { channel, person: ben.person.id });
    expect((await conversations.page(ben, { channel })).messages).toHaveLength(1);
    await expect(conversations.addMember(ben, { channel, person: ben.person.id, role: 'owner' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await conversations.removeMember(ana, { channel, person: ben.person.id });
    await expect(conversations.page(ben, { channel })).rejects.toMatchObject(notFound);
  });

  test('an archived channel can be read, not written, and opened again', async () => {
    const { id: channel } = await conversations.createChannel(ana, { community, name: 'old' });
    await conversations.post(ben, { channel, body: 'last words' });
    await conversations.change(ana, { channel, archived: true });
    await expect(conversations.post(ben, { channel, body: 'more' })).rejects.toMatchObject({
      code: 'forbidden',
      details: { rule: 'archived-is-read-only' },
    });
    expect((await conversations.page(ben, { channel })).messages).toHaveLength(1);
    expect(await conversations.change(ana, { channel, archived: false })).toMatchObject({ archived: false });
    await conversations.post(ben, { channel, body: 'more' });
  });
});

describe('chats of applications', () => {
  test('are numbered 1…n, count exactly, are searched by beginnings of words, and end at the border of the application', async () => {
    const [app] = await sql<{ id: string }[]>`insert into applications (name) values ('other') returning id`;
    const application = app?.id ?? '';
    const bot = await testPerson(sql, 'bot', 'member', application);
    await sql`update applications set bot = ${bot.person.id} where id = ${application}`;
    const token = { ...bot, role: 'application', scopes: ['read', 'write'] } as const;
    const chats = await Promise.all(
      Array.from({ length: 10 }, (_, i) => conversations.createAppChat(token, { application, name: `chat ${i}` })),
    );
    expect(chats.map((chat) => chat.number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const { channel } = await conversations.appChat(token, { application, number: 3 });
    await Promise.all(['Hello world', 'hello there', 'Good bye'].map((body) => conversations.post(token, { channel: channel.id, body })));
    expect(await conversations.appChat(token, { application, number: 3 })).toMatchObject({ messagesCount: 3 });
    const found = async (q: string) =>
      (await conversations.search(token, { channel: channel.id, q }, {})).items.map((item) => item.node.body).toSorted();
    expect(await found('hel')).toEqual(['Hello world', 'hello there']);
    expect(await found("wor:* & !'hello")).toEqual(['Hello world']);
    expect(await found('nothing')).toEqual([]);
    await expect(found('&|!')).rejects.toMatchObject({ code: 'invalid_input' });

    await expect(conversations.appChat(ana, { application, number: 3 })).rejects.toMatchObject(notFound);
    await expect(conversations.createAppChat({ ...token, scopes: ['read'] }, { application })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(conversations.post({ ...token, scopes: ['read'] }, { channel: channel.id, body: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(conversations.page(ana, { channel: channel.id })).rejects.toMatchObject(notFound);
    await expect(conversations.openDirect(ana, { person: bot.person.id })).rejects.toMatchObject(notFound);
    expect((await conversations.page({ ...ana, role: 'admin' }, { channel: channel.id })).messages).toHaveLength(3);
  });
});
