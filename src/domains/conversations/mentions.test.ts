import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { createTown, idOf, type Town } from '../communities/testing.ts';
import type { Who } from '../policy/index.ts';
import { testCommunity } from '../testing.ts';
import { bringInChannels } from './history.ts';
import type { Conversations } from './index.ts';

let town: Town;
let conversations: Conversations;
let ana: Who;
let ben: Who;
let cleo: Who;
let eve: Who;
let community: Id;

beforeAll(async () => {
  town = await createTown();
  conversations = town.conversations;
  ana = await town.someone('ana');
  ben = await town.someone('ben');
  cleo = await town.someone('cleo');
  eve = await town.someone('eve');
  await town.someone('ben', 'member', await town.otherApplication());
  community = await testCommunity(town.sql, [
    { who: ana, role: 'owner' },
    { who: ben, role: 'member' },
    { who: cleo, role: 'member' },
  ]);
});
afterAll(() => town.end());

const chat = async (visibility: 'public' | 'private' = 'public') =>
  (await conversations.createChannel(ana, { community, name: 'chat', visibility })).id;
const unread = async (who: Who, channel: Id) => (await conversations.unreadMentions(who, [channel]))[0];
/** Who was told what since the last call: `person/on`, and `everyone` for the community. */
const told = async () =>
  (await town.heard()).flatMap(({ to, event }) => {
    if (event.type === 'everyone_mentioned') return ['everyone'];
    return event.type === 'mentioned' ? [`${to.slice('person '.length)}/${event.on}`] : [];
  });

describe('a name', () => {
  test('calls those who may read the channel: nobody else, nobody twice, not oneself', async () => {
    const channel = await chat();
    await town.heard();
    const { message } = await conversations.post(ana, { channel, body: 'Hi @Ben @ben @ana @eve @nobody `@cleo`' });
    expect(message.mentions).toEqual([idOf(ben)]);
    expect(await told()).toEqual([`${idOf(ben)}/true`]);
    expect(await Promise.all([ana, ben, cleo, eve].map((who) => unread(who, channel)))).toEqual([0, 1, 0, 0]);
    const [there] = await conversations.messages(ben, [{ channel, number: 1 }]);
    expect(there).toEqual(message);
  });

  test('does not call into a private chat who is not in it', async () => {
    const channel = await chat('private');
    await conversations.addMember(ana, { channel, person: idOf(ben) });
    const { message } = await conversations.post(ana, { channel, body: '@ben @cleo' });
    expect(message.mentions).toEqual([idOf(ben)]);
  });

  test('in a public discussion calls anybody, in its opening too', async () => {
    const { message } = await conversations.createDiscussion(ana, { community, title: 't', body: 'What does @eve say?' });
    expect(message.mentions).toEqual([idOf(eve)]);
    expect(await unread(eve, message.channel)).toBe(1);
  });

  test('counts in the list of my channels until it is read', async () => {
    const channel = await chat();
    for (const body of ['@ben', 'nothing', '@ben again']) await conversations.post(ana, { channel, body });
    const mentions = async () => (await conversations.mine(ben)).find((mine) => mine.channel.id === channel)?.mentions;
    expect(await mentions()).toBe(2);
    await conversations.markRead(ben, { channel, number: 2 });
    expect(await mentions()).toBe(1);
    await conversations.markRead(ben, { channel, number: 3 });
    expect(await mentions()).toBe(0);
  });

  test('comes and goes with an edit, a deletion and a return, and each is told', async () => {
    const channel = await chat();
    await conversations.post(ana, { channel, body: '@ben' });
    await town.heard();
    const edited = await conversations.edit(ana, { channel, number: 1, body: '@cleo' });
    expect(edited.message.mentions).toEqual([idOf(cleo)]);
    expect(await told()).toEqual([`${idOf(ben)}/false`, `${idOf(cleo)}/true`]);
    await conversations.edit(ana, { channel, number: 1, body: '@cleo!' });
    expect(await told()).toEqual([]);
    expect((await conversations.delete(ana, { channel, number: 1 })).message.mentions).toEqual([]);
    expect(await told()).toEqual([`${idOf(cleo)}/false`]);
    expect(await unread(cleo, channel)).toBe(0);
    expect((await conversations.messages(ana, [{ channel, number: 1 }]))[0]?.mentions).toEqual([]);
    expect((await conversations.restore(ana, { channel, number: 1 })).message.mentions).toEqual([idOf(cleo)]);
    expect(await told()).toEqual([`${idOf(cleo)}/true`]);
    expect(await unread(cleo, channel)).toBe(1);
  });
});

test('what was said elsewhere calls members who may read it there', async () => {
  const { person } = ana;
  if (person === null) throw new Error('ana is nobody');
  const at = Date.parse('2026-01-02T03:04:05Z');
  const past = (visibility: 'public' | 'private') => ({
    application: ana.application,
    kind: 'chat' as const,
    community,
    createdBy: person.id,
    name: 'chat',
    visibility,
    createdAt: new Date(at),
    members: [{ person: person.id, role: 'owner' as const }],
    changes: [{ do: 'post' as const, at, by: person, body: '@ben @eve', replyTo: null }],
    reads: [],
  });
  const [open, hidden] = await town.sql.begin((tx) => bringInChannels(tx, [past('public'), past('private')]));
  expect(await unread(ben, open?.id ?? '')).toBe(1);
  expect(await unread(eve, open?.id ?? '')).toBe(0);
  expect(await unread(ben, hidden?.id ?? '')).toBe(0);
});

describe('everyone', () => {
  const calls = async (who: Who, channel: Id) => (await conversations.post(who, { channel, body: '@everyone' })).message.mentions;

  test('is called in a chat by moderators; of others it stays a word', async () => {
    const channel = await chat();
    await town.heard();
    expect(await calls(ben, channel)).toEqual([]);
    expect(await told()).toEqual([]);
    expect(await calls(ana, channel)).toEqual(['0']);
    expect(await told()).toEqual(['everyone']);
    expect(await Promise.all([ana, ben, cleo].map((who) => unread(who, channel)))).toEqual([0, 1, 1]);
  });

  test('and by name is one call', async () => {
    const channel = await chat();
    const { message } = await conversations.post(ana, { channel, body: '@ben @everyone' });
    expect(message.mentions).toEqual(['0', idOf(ben)]);
    expect(await unread(ben, channel)).toBe(1);
  });

  test('in a group and a private chat tells its people, and that it is over too', async () => {
    const group = (await conversations.createGroup(ana, { people: [idOf(ben), idOf(eve)] })).id;
    await town.heard();
    expect(await calls(ben, group)).toEqual(['0']);
    expect((await told()).toSorted()).toEqual([`${idOf(ana)}/true`, `${idOf(eve)}/true`].toSorted());
    await conversations.edit(ben, { channel: group, number: 1, body: 'nobody' });
    expect((await told()).toSorted()).toEqual([`${idOf(ana)}/false`, `${idOf(eve)}/false`].toSorted());
    const direct = (await conversations.openDirect(ana, { person: idOf(ben) })).id;
    expect(await calls(ana, direct)).toEqual(['0']);
  });

  test('in a chat that becomes private a moment before tells who made it so', async () => {
    const dora = await town.someone('dora');
    const at = await testCommunity(town.sql, [
      { who: ana, role: 'owner' },
      { who: dora, role: 'owner' },
      { who: ben, role: 'member' },
    ]);
    const { id } = await conversations.createChannel(ana, { community: at, name: 'chat' });
    await town.heard();
    const waiting = (changes: number) => expect.poll(() => town.log.counts()).toEqual({ waiting: changes, running: 1 });
    const { change, called } = await town.sql.begin(async (tx) => {
      // While the first of them waits for this, the others become one group.
      await tx`select from channel_heads where channel = ${id} for update`;
      void calls(ana, id);
      await waiting(0);
      const change = conversations.change(dora, { channel: id, visibility: 'private' });
      await waiting(1);
      const called = calls(ana, id);
      await waiting(2);
      return { change, called };
    });
    await change;
    expect(await called).toEqual(['0']);
    expect(await told()).toEqual(['everyone', `${idOf(dora)}/true`]);
  });

  test('in a discussion by moderators, not by who started it', async () => {
    const { channel } = await conversations.createDiscussion(ben, { community, title: 't', body: '@everyone' });
    expect((await conversations.messages(ben, [{ channel: channel.id, number: 1 }]))[0]?.mentions).toEqual([]);
    expect(await calls(ana, channel.id)).toEqual(['0']);
  });
});

test('[L4] a repeated key calls nobody anew', async () => {
  const channel = await chat();
  const post = () => conversations.post(ana, { channel, body: '@ben', key: 'k' });
  await Promise.all([post(), post(), post()]);
  await town.heard();
  await post();
  expect(await told()).toEqual([]);
  expect(await unread(ben, channel)).toBe(1);
});

test('[L11] unread mentions are the living unread messages that call me, whatever happened to them', { timeout: 120_000 }, async () => {
  const people = () => [ana, ben, cleo];
  const person = fc.integer({ min: 0, max: 2 });
  const body = fc.subarray(['@ana', '@ben', '@cleo', '@everyone', 'so', 'it goes']).map((words) => words.join(' ') || '…');
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('post' as const), by: person, body }) },
    fc.record({ do: fc.constant('edit' as const), number: fc.integer({ min: 1, max: 12 }), body }),
    fc.record({ do: fc.constantFrom('delete' as const, 'restore' as const), number: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ do: fc.constant('read' as const), by: person, number: fc.integer({ min: 1, max: 12 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 8, maxLength: 30 }), async (acts) => {
      const channel = await chat();
      for (const one of acts) {
        const who = people()['by' in one ? one.by : 0] ?? ana;
        if (one.do === 'post') await conversations.post(who, { channel, body: one.body });
        else if (one.do === 'read') await conversations.markRead(who, { channel, number: one.number });
        else {
          // The author edits; ana, who moderates, deletes and restores. What is not there or not alive is refused.
          const [message] = await conversations.messages(ana, [{ channel, number: one.number }]);
          const author = people().find((whose) => idOf(whose) === message?.author) ?? ana;
          if (one.do === 'edit') await conversations.edit(author, { channel, number: one.number, body: one.body }).catch(() => {});
          else await conversations[one.do](ana, { channel, number: one.number }).catch(() => {});
        }
      }
      const { messages } = await conversations.page(ana, { channel, limit: 100 });
      for (const who of people()) {
        const [read = 0] = await conversations.reads(who, [channel]);
        const calling = messages.filter(
          ({ number, mentions }) => number > read && (mentions.includes('0') || mentions.includes(idOf(who))),
        );
        expect(await unread(who, channel)).toBe(calling.length);
      }
    }),
    { numRuns: 25 },
  );
});
