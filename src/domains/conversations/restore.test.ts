import { expect, test } from 'vitest';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, policy, conversations, reactions } = await testGround();
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const cleo = await testPerson(sql, 'cleo');
const eve = await testPerson(sql, 'eve', 'member', (await sql`insert into applications (name) values ('Other') returning id`)[0]?.['id']);
const community = await testCommunity(sql, [
  { who: ana, role: 'owner' },
  { who: ben, role: 'member' },
  { who: cleo, role: 'member' },
]);
const refused = (code: string) => expect.objectContaining({ code });
const kept = (channel: string) =>
  sql`select kind, by, person, number, reason from moderation_actions where channel = ${channel} order by id`;

async function deleted(by: typeof ana, reason?: string): Promise<string> {
  const { id: channel } = await conversations.createChannel(ana, { community, name: 'chat' });
  await conversations.post(ben, { channel, body: 'first' });
  await conversations.edit(ben, { channel, number: 1, body: 'second' });
  await reactions.react(ana, { channel, number: 1, emoji: '👍', on: true });
  await conversations.delete(by, { channel, number: 1, reason });
  return channel;
}

test('authors take back their own deletion: the text is as it was, once', async () => {
  const channel = await deleted(ben);
  const back = await conversations.restore(ben, { channel, number: 1 });
  expect(back).toMatchObject({ version: 5, message: { body: 'second', deletedAt: null, reactions: [], pinnedAt: null } });
  expect((await conversations.messages(ana, [{ channel, number: 1 }]))[0]).toEqual(back.message);
  // Once more changes nothing.
  expect(await conversations.restore(ben, { channel, number: 1 })).toEqual(back);
  expect((await conversations.heads([channel]))[0]).toMatchObject({ number: 1, version: 5 });
  // It can be deleted and brought back again, with what it said last.
  await conversations.edit(ben, { channel, number: 1, body: 'third' });
  await conversations.delete(ben, { channel, number: 1 });
  expect((await conversations.restore(ben, { channel, number: 1 })).message.body).toBe('third');
  expect(await kept(channel)).toEqual([]);
});

test('what a moderator deleted comes back by moderators only, and both are kept with their reasons', async () => {
  const channel = await deleted(ana, ' Not  here ');
  await expect(conversations.restore(ben, { channel, number: 1 })).rejects.toEqual(refused('forbidden'));
  await expect(conversations.restore(cleo, { channel, number: 1 })).rejects.toEqual(refused('forbidden'));
  await conversations.restore(ana, { channel, number: 1, reason: 'A mistake' });
  const entry = { by: ana.person.id, person: ben.person.id, number: 1 };
  expect(await kept(channel)).toEqual([
    { ...entry, kind: 'message_deleted', reason: 'Not here' },
    { ...entry, kind: 'message_restored', reason: 'A mistake' },
  ]);
});

test('what is not there, or elsewhere, is not found; a reason has its limit', async () => {
  const channel = await deleted(ben);
  await expect(conversations.restore(ana, { channel, number: 9 })).rejects.toEqual(refused('not_found'));
  await expect(conversations.restore(eve, { channel, number: 1 })).rejects.toEqual(refused('not_found'));
  const reason = 'x'.repeat(501);
  await expect(conversations.restore(ana, { channel, number: 1, reason })).rejects.toEqual(refused('invalid_input'));
  await expect(conversations.delete(ana, { channel, number: 1, reason })).rejects.toEqual(refused('invalid_input'));
});

test('who is no longer a member deletes what they wrote, and brings nothing back', async () => {
  const dan = await testPerson(sql, 'dan');
  await sql`insert into community_members (community, person) values (${community}, ${dan.person.id})`;
  const { id: channel } = (await conversations.createDiscussion(ana, { community, title: 't', body: 'b' })).channel;
  await conversations.post(dan, { channel, body: 'an opinion' });
  await sql`delete from community_members where person = ${dan.person.id}`;
  policy.forget({ type: 'access', community, person: dan.person.id });
  await conversations.delete(dan, { channel, number: 2 });
  await expect(conversations.restore(dan, { channel, number: 2 })).rejects.toEqual(refused('forbidden'));
});

test('nothing comes back in an archived channel', async () => {
  const channel = await deleted(ben);
  await conversations.change(ana, { channel, archived: true });
  await expect(conversations.restore(ben, { channel, number: 1 })).rejects.toEqual(refused('forbidden'));
});

test('[L2] a deletion and a return at the same moment are two changes in some order', async () => {
  const channel = await deleted(ana);
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => conversations[i % 2 ? 'delete' : 'restore'](ana, { channel, number: 1 })),
  );
  expect(all.every((one) => one.status === 'fulfilled')).toBe(true);
  const [message] = await conversations.messages(ana, [{ channel, number: 1 }]);
  const [head] = await conversations.heads([channel]);
  expect(message?.version).toBe(head?.version);
  // The moderators' list tells of every change that was one.
  expect(await kept(channel)).toHaveLength((head?.version ?? 0) - 3);
  expect(message?.body).toBe(message?.deletedAt === null ? 'second' : null);
});
