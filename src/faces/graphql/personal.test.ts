import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGraphqlTest, type GraphqlTest } from './testing.ts';

let house: GraphqlTest;
let ana: { token: string; id: string };
let ben: { token: string; id: string };
let community: string;
let channel: string;

beforeAll(async () => {
  house = await createGraphqlTest();
  [ana, ben] = [await house.someone('Ana'), await house.someone('Ben')];
  const made = await house.data('mutation { createCommunity(name: "Garden") { community { id } } }', {}, ana.token);
  community = made.createCommunity.community.id;
  await house.data('mutation($id: ID!) { joinCommunity(community: $id) { community { id } } }', { id: community }, ben.token);
  const { createChannel } = await house.data(
    'mutation($id: ID!) { createChannel(community: $id, name: "Talk") { channel { id } } }',
    { id: community },
    ana.token,
  );
  channel = createChannel.channel.id;
  await write(20);
});
afterAll(() => house.end());

async function write(messages: number): Promise<void> {
  for (let i = 0; i < messages; i++)
    await house.data('mutation($channel: ID!) { post(channel: $channel, body: "hello") { number } }', { channel }, ana.token);
}

const mark = (number: number, on = true) =>
  house.data(
    'mutation($channel: ID!, $number: Int!, $on: Boolean) { bookmark(channel: $channel, number: $number, on: $on) { on message { number bookmarked } } }',
    { channel, number, on },
    ben.token,
  );
const marks = 'query($channel: ID!, $first: Int!) { channel(id: $channel) { messages(first: $first) { nodes { number bookmarked } } } }';
const bookmarked = async (token: string | undefined, first = 20): Promise<number[]> => {
  const { channel: found } = await house.data(marks, { channel, first }, token);
  return found.messages.nodes.flatMap((node: { number: number; bookmarked: boolean }) => (node.bookmarked ? [node.number] : []));
};

test('bookmarks are one’s own, and cost one query however many messages there are', async () => {
  expect((await mark(3)).bookmark).toEqual({ on: true, message: { number: 3, bookmarked: true } });
  await mark(7);
  expect([await bookmarked(ben.token), await bookmarked(ana.token)]).toEqual([[3, 7], []]);
  const few = await house.queries(() => bookmarked(ben.token, 1));
  const many = await house.queries(() => bookmarked(ben.token, 20));
  expect(many).toHaveLength(few.length);
  expect(many.filter((query) => query.includes('bookmarks'))).toHaveLength(1);

  const { me } = await house.data(
    '{ me { bookmarks(first: 1) { nodes { createdAt message { number bookmarked channel { id } } } pageInfo { hasNextPage endCursor } } } }',
    {},
    ben.token,
  );
  expect(me.bookmarks.nodes).toMatchObject([{ message: { number: 7, bookmarked: true, channel: { id: channel } } }]);
  expect(me.bookmarks.pageInfo.hasNextPage).toBe(true);
  expect((await mark(7, false)).bookmark).toEqual({ on: false, message: { number: 7, bookmarked: false } });
  expect(await bookmarked(ben.token)).toEqual([3]);
});

test('drafts know whether they are for a channel or a community', async () => {
  const save =
    'mutation($place: ID!, $title: String, $body: String!) { saveDraft(place: $place, title: $title, body: $body) { draft { place title body replyTo updatedAt } } }';
  expect((await house.data(save, { place: channel, body: 'I think' }, ben.token)).saveDraft.draft).toMatchObject({
    place: channel,
    body: 'I think',
    replyTo: null,
  });
  expect((await house.data(save, { place: community, title: 'Why?', body: '' }, ben.token)).saveDraft.draft).toMatchObject({
    place: community,
    title: 'Why?',
  });
  const mine = 'query($place: ID!) { me { drafts { nodes { place channel { id } community { id } } } draft(place: $place) { body } } }';
  expect((await house.data(mine, { place: channel }, ben.token)).me).toEqual({
    drafts: {
      nodes: [
        { place: community, channel: null, community: { id: community } },
        { place: channel, channel: { id: channel }, community: null },
      ],
    },
    draft: { body: 'I think' },
  });
  expect((await house.data(mine, { place: channel }, ana.token)).me).toEqual({ drafts: { nodes: [] }, draft: null });
  await house.data(save, { place: channel, body: '' }, ben.token);
  expect((await house.data(mine, { place: channel }, ben.token)).me.draft).toBe(null);
  const person = await house.run(save, { place: Buffer.from(`Person:${ben.id}`).toString('base64url'), body: 'x' }, ben.token);
  expect(person.errors[0]?.extensions).toMatchObject({ code: 'invalid_input', field: 'place' });
});

test('a picture and a status are set and taken away, and seen beside what somebody wrote', async () => {
  const image = (
    await sharp({ create: { width: 300, height: 300, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const { setAvatar } = await house.data(
    'mutation($image: String!) { setAvatar(image: $image) { person { avatar } } }',
    { image },
    ana.token,
  );
  expect(setAvatar.person.avatar).toMatch(/^\/avatars\/[0-9a-f]{64}$/);
  const until = new Date(Date.now() + 60_000).toISOString();
  const { updateProfile } = await house.data(
    'mutation($until: DateTime) { updateProfile(status: { emoji: "🌴", text: "Away", until: $until }) { person { avatar status { emoji text until } } } }',
    { until },
    ana.token,
  );
  expect(updateProfile.person).toEqual({ ...setAvatar.person, status: { emoji: '🌴', text: 'Away', until } });
  const seen = await house.data(
    'query($id: ID!) { channel(id: $id) { messages(first: 1) { nodes { author { avatar status { text } } } } } }',
    { id: channel },
    ben.token,
  );
  expect(seen.channel.messages.nodes[0].author).toEqual({ ...setAvatar.person, status: { text: 'Away' } });

  for (const wrong of ['', 'AAAA', '!!', Buffer.from('<svg/>').toString('base64')]) {
    const { errors } = await house.run(
      'mutation($image: String!) { setAvatar(image: $image) { person { avatar } } }',
      { image: wrong },
      ana.token,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'invalid_input', field: 'image' });
  }
  const elsewhere = await house.run('mutation { updateProfile(avatar: "https://example.org/a.png") { person { avatar } } }', {}, ana.token);
  expect(elsewhere.errors[0]?.extensions).toMatchObject({ code: 'invalid_input', field: 'avatar' });
  const cleared = await house.data(
    'mutation { updateProfile(avatar: null, status: null) { person { avatar status { text } } } }',
    {},
    ana.token,
  );
  expect(cleared.updateProfile.person).toEqual({ avatar: null, status: null });
});
