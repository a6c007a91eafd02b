import { expect, test } from 'vitest';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, conversations } = await testGround();
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const cleo = await testPerson(sql, 'cleo');
const eve = await testPerson(sql, 'eve', 'member', (await sql`insert into applications (name) values ('Other') returning id`)[0]?.['id']);
const community = await testCommunity(sql, [
  { who: ana, role: 'moderator' },
  { who: ben, role: 'member' },
  { who: cleo, role: 'member' },
]);
const refused = (code: string) => expect.objectContaining({ code });

async function question(): Promise<string> {
  const { channel } = await conversations.createDiscussion(ben, { community, title: 'Why?', body: 'b' });
  await conversations.post(cleo, { channel: channel.id, body: 'Because.' });
  await conversations.post(cleo, { channel: channel.id, body: 'Or not.' });
  return channel.id;
}

test('who asked, and moderators, say which comment answers, and take it back', async () => {
  const channel = await question();
  expect((await conversations.channel(ana, channel)).accepted).toBe(null);
  expect((await conversations.acceptAnswer(ben, { channel, number: 2 })).accepted).toBe(2);
  expect((await conversations.acceptAnswer(ana, { channel, number: 3 })).accepted).toBe(3);
  expect((await conversations.channel(cleo, channel)).accepted).toBe(3);
  // [L2] [L7] A change of the log like any other; the same again is none.
  expect((await conversations.since(cleo, { channel, version: 4 })).details?.accepted).toBe(3);
  await conversations.acceptAnswer(ana, { channel, number: 3 });
  expect((await conversations.heads([channel]))[0]?.version).toBe(5);
  // Other details change without it.
  expect((await conversations.change(ben, { channel, name: 'Why not?' })).accepted).toBe(3);
  expect((await conversations.acceptAnswer(ben, { channel, number: null })).accepted).toBe(null);
});

test('others do not, and only a living comment of a discussion answers it', async () => {
  const channel = await question();
  await expect(conversations.acceptAnswer(cleo, { channel, number: 2 })).rejects.toEqual(refused('forbidden'));
  await expect(conversations.acceptAnswer(eve, { channel, number: 2 })).rejects.toEqual(refused('not_found'));
  await expect(conversations.acceptAnswer(ben, { channel, number: 1 })).rejects.toEqual(refused('invalid_input'));
  await expect(conversations.acceptAnswer(ben, { channel, number: 9 })).rejects.toEqual(refused('not_found'));
  await conversations.delete(cleo, { channel, number: 2 });
  await expect(conversations.acceptAnswer(ben, { channel, number: 2 })).rejects.toEqual(refused('conflict'));
  const chat = await conversations.createChannel(ana, { community, name: 'chat' });
  await conversations.post(ana, { channel: chat.id, body: 'b' });
  await expect(conversations.acceptAnswer(ana, { channel: chat.id, number: 1 })).rejects.toEqual(refused('invalid_input'));
  await conversations.change(ana, { channel, archived: true });
  await expect(conversations.acceptAnswer(ben, { channel, number: 3 })).rejects.toEqual(refused('forbidden'));
});
