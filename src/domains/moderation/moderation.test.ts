import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { createTown, idOf, type Town } from '../communities/testing.ts';
import { guest, type Who } from '../policy/index.ts';
import { createModeration, type Moderation } from './index.ts';

let town: Town;
let moderation: Moderation;
let owner: Who;
let keeper: Who;
let member: Who;
let community: Id;
let chat: Id;

beforeAll(async () => {
  town = await createTown();
  moderation = createModeration(town);
  owner = await town.someone('owner');
  keeper = await town.someone('keeper');
  member = await town.someone('member');
  // What must fail in the transaction that keeps it.
  await town.sql`alter table moderation_actions add constraint unspeakable check (reason <> 'unspeakable')`;
});
afterAll(() => town.end());

/** A community of its own for each test: the owner's, with a moderator and a member. */
async function open(visibility: 'public' | 'private' = 'public'): Promise<void> {
  community = (await town.communities.create(owner, { name: 'Order', visibility })).id;
  for (const who of [keeper, member]) {
    await town.communities.invite(owner, { community, person: idOf(who) });
    await town.communities.accept(who, { community });
  }
  await town.communities.setRole(owner, { community, person: idOf(keeper), role: 'moderator' });
  chat = (await town.conversations.createChannel(owner, { community, name: 'talk' })).id;
}

async function actions(who: Who = owner) {
  const { items } = await moderation.actions(who, community, { first: 100 });
  return items.map(({ node: { id: _, createdAt: __, ...rest } }) => rest);
}
const refused = (code: string, field?: string) =>
  expect.objectContaining({ code, details: field === undefined ? expect.anything() : expect.objectContaining({ field }) });
const nothing = { person: null, channel: null, number: null, role: null, reason: '' };

describe('what is kept', () => {
  it('tells who did what to whom and why, newest first', async () => {
    await open();
    const person = idOf(member);
    await town.communities.kick(keeper, { community, person, reason: '  shouts \u0007 a lot ' });
    await town.communities.ban(keeper, { community, person, reason: 'came back' });
    await town.communities.unban(owner, { community, person, reason: 'said sorry' });
    await town.communities.join(member, { community });
    expect(await actions()).toEqual([
      { ...nothing, kind: 'member_unbanned', by: idOf(owner), person, reason: 'said sorry' },
      { ...nothing, kind: 'member_banned', by: idOf(keeper), person, reason: 'came back' },
      { ...nothing, kind: 'member_removed', by: idOf(keeper), person, reason: 'shouts a lot' },
      { ...nothing, kind: 'role_changed', by: idOf(owner), person: idOf(keeper), role: 'moderator' },
    ]);
  });

  it('holds what was done to channels and to the messages of others, and not what people do to their own', async () => {
    await open();
    const person = idOf(member);
    const closed = (await town.conversations.createChannel(owner, { community, name: 'closed', visibility: 'private' })).id;
    await town.conversations.addMember(owner, { channel: closed, person });
    await town.conversations.removeMember(owner, { channel: closed, person, reason: 'off topic' });
    await town.conversations.addMember(owner, { channel: closed, person });
    await town.conversations.removeMember(member, { channel: closed, person, reason: 'no time' });
    await town.conversations.change(keeper, { channel: chat, name: 'talks', reason: 'nobody asks' });
    await town.conversations.change(keeper, { channel: chat, archived: true, reason: 'quiet here' });
    await town.conversations.change(keeper, { channel: chat, archived: true, reason: 'quiet here' });
    await town.conversations.change(keeper, { channel: chat, archived: false });
    await town.conversations.post(member, { channel: chat, body: 'mine' });
    await town.conversations.post(member, { channel: chat, body: 'rude' });
    await town.conversations.delete(member, { channel: chat, number: 1, reason: 'a mistake' });
    await town.conversations.delete(keeper, { channel: chat, number: 2, reason: 'rude' });
    await town.conversations.restore(owner, { channel: chat, number: 2, reason: 'harmless' });
    await town.communities.leave(member, { community });
    expect((await actions()).slice(0, -1)).toEqual([
      { ...nothing, kind: 'message_restored', by: idOf(owner), channel: chat, number: 2, person, reason: 'harmless' },
      { ...nothing, kind: 'message_deleted', by: idOf(keeper), channel: chat, number: 2, person, reason: 'rude' },
      { ...nothing, kind: 'channel_unarchived', by: idOf(keeper), channel: chat },
      { ...nothing, kind: 'channel_archived', by: idOf(keeper), channel: chat, reason: 'quiet here' },
      { ...nothing, kind: 'channel_member_removed', by: idOf(owner), channel: closed, person, reason: 'off topic' },
    ]);
  });

  it('has a reason of 500 characters at most', async () => {
    await open();
    const person = idOf(member);
    const long = { community, person, reason: 'x'.repeat(501) };
    for (const attempt of [
      () => town.communities.kick(owner, long),
      () => town.communities.ban(owner, long),
      () => town.communities.unban(owner, long),
      () => town.communities.setRole(owner, { ...long, role: 'moderator' }),
      () => town.conversations.change(owner, { channel: chat, archived: true, reason: long.reason }),
      () => town.conversations.removeMember(owner, { channel: chat, person, reason: 'half a pair: \ud800' }),
    ]) {
      await expect(attempt()).rejects.toEqual(refused('invalid_input', 'reason'));
    }
    await town.communities.kick(owner, { ...long, reason: 'x'.repeat(500) });
    expect((await actions())[0]).toMatchObject({ kind: 'member_removed', reason: 'x'.repeat(500) });
  });

  it('[L5] is there if and only if it was done', async () => {
    await open();
    const person = idOf(member);
    await town.conversations.post(member, { channel: chat, body: 'still here' });
    await town.heard();
    const before = await actions();
    const reason = 'unspeakable';
    await expect(town.communities.kick(member, { community, person: idOf(keeper), reason })).rejects.toEqual(refused('forbidden'));
    for (const attempt of [
      () => town.communities.kick(owner, { community, person, reason }),
      () => town.communities.ban(owner, { community, person, reason }),
      () => town.communities.setRole(owner, { community, person, role: 'moderator', reason }),
      () => town.conversations.delete(owner, { channel: chat, number: 1, reason }),
      () => town.conversations.change(owner, { channel: chat, archived: true, reason }),
    ]) {
      await expect(attempt()).rejects.toThrow();
    }
    expect(await actions()).toEqual(before);
    expect(await town.communities.myRoles(member, [community])).toEqual(['member']);
    expect(await town.conversations.messages(owner, [{ channel: chat, number: 1 }])).toMatchObject([{ body: 'still here' }]);
    expect((await town.conversations.channel(owner, chat)).archived).toBe(false);
    expect(await town.heard()).toEqual([]);
  });
});

describe('who may see it', () => {
  it('is who keeps order in the community or in the place', async () => {
    await open();
    await town.communities.kick(owner, { community, person: idOf(member) });
    const admin = await town.someone('boss', 'admin');
    const staff = await town.someone('staff', 'moderator');
    for (const who of [owner, keeper, admin, staff]) expect(await actions(who)).toHaveLength(2);
    await town.communities.join(member, { community });
    await expect(actions(member)).rejects.toEqual(refused('forbidden'));
    await expect(actions(await town.someone('passer'))).rejects.toEqual(refused('forbidden'));
    await expect(actions(guest('::1'))).rejects.toEqual(refused('unauthenticated'));
    const other = await town.otherApplication();
    await expect(actions(await town.someone('elsewhere', 'admin', other))).rejects.toEqual(refused('not_found'));
    await town.communities.setRole(owner, { community, person: idOf(keeper), role: 'member' });
    await expect(actions(keeper)).rejects.toEqual(refused('forbidden'));
  });

  it('is nobody who does not see a private community at all', async () => {
    await open('private');
    await expect(actions(await town.someone('curious'))).rejects.toEqual(refused('not_found'));
    await expect(moderation.actions(owner, 'x', {})).rejects.toEqual(refused('not_found'));
  });
});

describe('pages', () => {
  it('together are the whole, whatever is done meanwhile', async () => {
    await open();
    for (let i = 0; i < 4; i++)
      await town.communities.setRole(owner, { community, person: idOf(member), role: i % 2 ? 'member' : 'moderator' });
    const whole = (await moderation.actions(owner, community, {})).items.map(({ node }) => node.id);
    const first = await moderation.actions(owner, community, { first: 2 });
    await town.communities.kick(owner, { community, person: idOf(member) });
    const second = await moderation.actions(owner, community, { first: 2, after: first.items.at(-1)?.cursor });
    const third = await moderation.actions(owner, community, { first: 2, after: second.items.at(-1)?.cursor });
    expect([first, second, third].map((page) => page.hasNext)).toEqual([true, true, false]);
    expect([first, second, third].flatMap((page) => page.items.map(({ node }) => node.id))).toEqual(whole);
    await expect(moderation.actions(owner, community, { after: 'nonsense' })).rejects.toEqual(refused('invalid_input', 'after'));
  });
});
