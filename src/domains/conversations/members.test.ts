import { describe, expect, test } from 'vitest';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, conversations, policy } = await testGround();
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const eve = await testPerson(sql, 'eve');

const roles = async (channel: string) =>
  Object.fromEntries((await conversations.members(ana, channel, {})).items.map(({ node }) => [node.person, node.role]));

describe('roles in a channel', () => {
  test('a member of a group can add people, but cannot take the role of its owner away', async () => {
    const group = await conversations.createGroup(ana, { people: [ben.person.id] });
    await conversations.addMember(ben, { channel: group.id, person: eve.person.id, role: 'member' });
    await expect(conversations.addMember(ben, { channel: group.id, person: ana.person.id, role: 'member' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await conversations.addMember(ben, { channel: group.id, person: ana.person.id });
    expect(await roles(group.id)).toEqual({ [ana.person.id]: 'owner', [ben.person.id]: 'member', [eve.person.id]: 'member' });
    await conversations.addMember(ana, { channel: group.id, person: eve.person.id, role: 'owner' });
    await conversations.addMember(eve, { channel: group.id, person: ana.person.id, role: 'member' });
    expect(await roles(group.id)).toMatchObject({ [ana.person.id]: 'member', [eve.person.id]: 'owner' });
  });

  test('a moderator neither becomes owner nor removes one', async () => {
    const group = await conversations.createGroup(ana, { people: [ben.person.id, eve.person.id] });
    await conversations.addMember(ana, { channel: group.id, person: ben.person.id, role: 'moderator' });
    for (const attempt of [
      conversations.addMember(ben, { channel: group.id, person: ben.person.id, role: 'owner' }),
      conversations.removeMember(ben, { channel: group.id, person: ana.person.id }),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
    }
    await conversations.removeMember(ben, { channel: group.id, person: eve.person.id });
    expect(Object.keys(await roles(group.id))).toHaveLength(2);
  });

  test('who was removed cannot come back by what is still remembered', async () => {
    policy.remember(true);
    const group = await conversations.createGroup(ana, { people: [ben.person.id] });
    await policy.toChannel(ben, group.id);
    await conversations.removeMember(ana, { channel: group.id, person: ben.person.id });
    await expect(conversations.addMember(ben, { channel: group.id, person: ben.person.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(conversations.members(ben, group.id, {})).rejects.toMatchObject({ code: 'not_found' });
    policy.remember(false);
    policy.forget('everything');
  });

  test('who was removed, or has another role now, does nothing more by what is still remembered', async () => {
    policy.remember(true);
    const home = await testCommunity(sql, [
      { who: ana, role: 'owner' },
      { who: ben, role: 'member' },
    ]);
    const { id: channel } = await conversations.createChannel(ana, { community: home, name: 'c' });
    await conversations.addMember(ana, { channel, person: ben.person.id, role: 'moderator' });
    const { number } = await conversations.post(ben, { channel, body: 'mine' });
    await conversations.pin(ben, { channel, number, on: true });
    await conversations.addMember(ana, { channel, person: ben.person.id, role: 'member' });
    await expect(conversations.pin(ben, { channel, number, on: false })).rejects.toMatchObject({ code: 'forbidden' });
    await conversations.change(ana, { channel, visibility: 'private' });
    await conversations.post(ben, { channel, body: 'still in it' });
    await conversations.removeMember(ana, { channel, person: ben.person.id });
    await expect(conversations.post(ben, { channel, body: 'out' })).rejects.toMatchObject({ code: 'not_found' });
    policy.remember(false);
    policy.forget('everything');
  });

  test('a group stays as small as groups are, however people come in', async () => {
    const people = await Promise.all(Array.from({ length: 99 }, (_, i) => testPerson(sql, `many${i}`)));
    const group = await conversations.createGroup(ana, { people: people.map(({ person }) => person.id) });
    await expect(conversations.addMember(ana, { channel: group.id, person: ben.person.id })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('what is no id of a channel is not found', async () => {
    await expect(conversations.members(ana, 'x', {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(conversations.addMember(ana, { channel: 'x', person: ben.person.id })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('who loses a role while making something', () => {
  test('leaves no channel of their own behind', async () => {
    const home = await testCommunity(sql, [
      { who: ana, role: 'owner' },
      { who: ben, role: 'moderator' },
    ]);
    const before = await sql`select count(*)::int as n from channels`;
    let made: Promise<unknown>[] = [];
    await sql.begin(async (tx) => {
      await tx`select from communities where id = ${home} for no key update`;
      made = [
        conversations.createChannel(ben, { community: home, name: 'mine', visibility: 'private' }),
        conversations.createDiscussion(ben, { community: home, title: 't', body: 'b' }),
      ];
      await new Promise((resolve) => setTimeout(resolve, 200));
      await tx`delete from community_members where community = ${home} and person = ${ben.person.id}`;
    });
    for (const outcome of await Promise.allSettled(made)) expect(outcome).toMatchObject({ reason: { code: 'forbidden' } });
    expect(await sql`select count(*)::int as n from channels`).toEqual(before);
  });
});

test('who started a discussion changes its title, but does not hide it, close it or open it again', async () => {
  const home = await testCommunity(sql, [
    { who: ana, role: 'owner' },
    { who: ben, role: 'member' },
  ]);
  const { channel } = await conversations.createDiscussion(ben, { community: home, title: 't', body: 'b' });
  expect(await conversations.change(ben, { channel: channel.id, name: 'better' })).toMatchObject({ name: 'better' });
  await conversations.change(ana, { channel: channel.id, archived: true });
  for (const wanted of [{ visibility: 'private' }, { posting: 'moderators' }, { archived: false }] as const) {
    await expect(conversations.change(ben, { channel: channel.id, ...wanted })).rejects.toMatchObject({ code: 'forbidden' });
  }
});

describe('what is remembered of a standing', () => {
  test('never refuses what was allowed meanwhile', async () => {
    policy.remember(true);
    const home = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
    const { channel: discussion } = await conversations.createDiscussion(ana, { community: home, title: 'c', body: 'first' });
    const channel = discussion.id;
    await conversations.change(ana, { channel, posting: 'moderators' });
    await conversations.change(ana, { channel, archived: true });
    await expect(conversations.post(ben, { channel, body: 'a' })).rejects.toMatchObject({ code: 'forbidden' });
    await conversations.change(ana, { channel, archived: false });
    await expect(conversations.post(ben, { channel, body: 'b' })).rejects.toMatchObject({
      details: { rule: 'announcements-by-moderators' },
    });
    await conversations.change(ana, { channel, posting: 'everyone' });
    await expect(conversations.post(ben, { channel, body: 'c' })).rejects.toMatchObject({ details: { rule: 'join-to-write' } });
    await sql`insert into community_members (community, person) values (${home}, ${ben.person.id})`;
    expect(await conversations.post(ben, { channel, body: 'd' })).toMatchObject({ number: 2 });
    await conversations.typing(ben, { channel });
    await conversations.change(ana, { channel, archived: true });
    await expect(conversations.post(ben, { channel, body: 'e' })).rejects.toMatchObject({ details: { rule: 'archived-is-read-only' } });
    policy.remember(false);
    policy.forget('everything');
  });
});
