import { expect, test } from 'vitest';
import { guest } from '../policy/index.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';

const { sql, conversations } = await testGround();
const ana = await testPerson(sql, 'ana');
const ben = await testPerson(sql, 'ben');
const eve = await testPerson(sql, 'eve');
const community = await testCommunity(sql, [
  { who: ana, role: 'owner' },
  { who: ben, role: 'member' },
]);
const chat = (await conversations.createChannel(ana, { community, name: 'talk' })).id;
const discussion = (await conversations.createDiscussion(ben, { community, title: 'Why?', body: 'Well?' })).channel.id;
const hidden = (await conversations.createChannel(ana, { community, name: 'hidden', visibility: 'private' })).id;

type Asked = Parameters<typeof conversations.may>;
/** The names of what is allowed, channel by channel. */
async function allowed(...ask: Asked): Promise<string[]> {
  return (await conversations.may(...ask)).map((may) =>
    Object.entries(may)
      .filter(([, yes]) => yes)
      .map(([name]) => name)
      .join(' '),
  );
}

test('everybody is told what the policy would say, channel by channel', async () => {
  const all = [chat, discussion, hidden, 'x'];
  expect(await allowed(ana, all)).toEqual([
    'post react pin change govern deleteOthers mentionEveryone',
    'post react pin change govern deleteOthers mentionEveryone accept',
    'post react pin change govern deleteOthers mentionEveryone',
    '',
  ]);
  expect(await allowed(ben, all)).toEqual(['post react', 'post react change accept', '', '']);
  expect(await allowed(eve, all)).toEqual(['', '', '', '']);
  expect(await allowed(guest('::1'), all)).toEqual(['', '', '', '']);
  expect(await allowed(await testPerson(sql, 'boss', 'admin'), all)).toEqual([
    'change govern deleteOthers',
    'change govern deleteOthers accept',
    'change govern deleteOthers',
    '',
  ]);
  const [other] = await sql<{ id: string }[]>`insert into applications (name) values ('Other') returning id`;
  expect(await allowed(await testPerson(sql, 'foreign', 'admin', other?.id), all)).toEqual(['', '', '', '']);
});

test('what is asked afterwards is answered the same way', async () => {
  await conversations.change(ana, { channel: chat, archived: true });
  expect(await allowed(ana, [chat])).toEqual(['change govern deleteOthers']);
  await expect(conversations.post(ana, { channel: chat, body: 'more' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(conversations.change(ben, { channel: chat, archived: false })).rejects.toMatchObject({ code: 'forbidden' });
  await conversations.change(ana, { channel: chat, archived: false, posting: 'moderators' });
  expect(await allowed(ben, [chat])).toEqual(['react']);
});
