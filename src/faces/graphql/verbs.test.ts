import { Kind, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { globalId } from './ids.ts';
import { createSchema } from './schema.ts';
import { createGraphqlTest, type GraphqlTest, type Json } from './testing.ts';

let house: GraphqlTest;
let ana: string;
let ben: string;
let benId: string;
let community: string;
const used = new Set<string>();

/** Notes which fields of the root are used. */
function note(query: string): string {
  for (const definition of parse(query).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const selection of definition.selectionSet.selections)
      if (selection.kind === Kind.FIELD) used.add(`${definition.operation} ${selection.name.value}`);
  }
  return query;
}

const as = (token: string, query: string, variables: Record<string, unknown> = {}): Promise<Json> =>
  house.data(note(query), variables, token || undefined);

async function codeOf(token: string, query: string, variables: Record<string, unknown> = {}): Promise<string | undefined> {
  return (await house.run(note(query), variables, token || undefined)).errors[0]?.extensions.code;
}

beforeAll(async () => {
  house = await createGraphqlTest();
});
afterAll(() => house.end());

test('people sign up, in and out, and write about themselves', async () => {
  const { signUp } = await as(
    '',
    `mutation { signUp(name: "Ana", email: "ana@example.org", password: "a long pass phrase", clientId: "web") {
      account { id email role emailVerified } person { id handle name about } tokens { access refresh accessExpiresAt } device { id clientId current }
    } }`,
  );
  expect(signUp).toMatchObject({
    account: { email: 'ana@example.org', role: 'MEMBER' },
    person: { handle: 'ana', name: 'Ana' },
    device: { clientId: 'web' },
  });
  const signedIn = await as(
    '',
    'mutation { signIn(email: "ana@example.org", password: "a long pass phrase", clientId: "web") { tokens { access refresh } } }',
  );
  const { refresh } = await as('', 'mutation($r: String!) { refresh(refresh: $r) { tokens { access } } }', {
    r: signedIn.signIn.tokens.refresh,
  });
  ana = refresh.tokens.access;
  const other = await as(
    '',
    'mutation { signUp(name: "Ben", email: "ben@example.org", password: "a long pass phrase", handle: "benny") { person { id } tokens { access } } }',
  );
  ben = other.signUp.tokens.access;
  benId = other.signUp.person.id;

  const { updateProfile } = await as(
    ana,
    'mutation { updateProfile(about: "Hi", interests: ["tea"]) { person { about interests avatar createdAt } } }',
  );
  expect(updateProfile.person).toMatchObject({ about: 'Hi', interests: ['tea'], avatar: null });
  await as(ana, 'mutation { changePassword(current: "a long pass phrase", next: "a longer pass phrase") { done } }');
  await as('', 'mutation { forgotPassword(email: "ana@example.org") { done } }');
  await as(ana, 'mutation { sendEmailCode { done } }');
  expect(await codeOf(ana, 'mutation { verifyEmail(code: "000000") { account { id } } }')).toBe('wrong_code');
  expect(
    await codeOf('', 'mutation { resetPassword(email: "ana@example.org", code: "000000", password: "a longer pass phrase") { done } }'),
  ).toBe('wrong_code');

  const code = await house.doors.accounts.firstAdminCode();
  const { claimFirstAdmin } = await as(ana, 'mutation($code: String!) { claimFirstAdmin(code: $code) { account { role } } }', { code });
  expect(claimFirstAdmin.account.role).toBe('ADMIN');
  const { setRole } = await as(ana, 'mutation($p: ID!) { setRole(person: $p, role: MODERATOR) { account { role } } }', { p: benId });
  expect(setRole.account.role).toBe('MODERATOR');
  await as(ana, 'mutation($p: ID!) { setRole(person: $p, role: MEMBER) { account { role } } }', { p: benId });

  const { me, people, person } = await as(
    ana,
    '{ me { person { handle } account { role } devices { nodes { name current } } channels { id } } people(q: "benn") { nodes { handle } pageInfo { hasNextPage } } person(handle: "@benny") { id bot } }',
  );
  expect(me).toMatchObject({ person: { handle: 'ana' }, account: { role: 'ADMIN' } });
  expect(me.devices.nodes.length).toBeGreaterThan(0);
  expect([people.nodes, person]).toEqual([[{ handle: 'benny' }], { id: benId, bot: false }]);
  expect(await house.data('{ me { person { id } } }')).toEqual({ me: null });
});

test('communities are made, joined, kept in order and left', async () => {
  const made = await as(
    ana,
    'mutation { createCommunity(name: "Rust", description: "Iron", tags: ["code"]) { community { id name slug visibility myRole memberCount createdBy { handle } } } }',
  );
  expect(made.createCommunity.community).toMatchObject({
    name: 'Rust',
    visibility: 'PUBLIC',
    myRole: 'OWNER',
    memberCount: 1,
    createdBy: { handle: 'ana' },
  });
  community = made.createCommunity.community.id;
  const vars = { c: community, p: benId };
  const { changeCommunity } = await as(
    ana,
    'mutation($c: ID!) { changeCommunity(community: $c, description: "Oxide", official: true) { community { description official } } }',
    vars,
  );
  expect(changeCommunity.community).toEqual({ description: 'Oxide', official: true });
  const joined = 'mutation($c: ID!) { joinCommunity(community: $c) { community { myRole memberCount } } }';
  expect((await as(ben, joined, vars)).joinCommunity.community).toEqual({ myRole: 'MEMBER', memberCount: 2 });
  const { setCommunityRole } = await as(
    ana,
    'mutation($c: ID!, $p: ID!) { setCommunityRole(community: $c, person: $p, role: MODERATOR) { community { id } person { handle } } }',
    vars,
  );
  expect(setCommunityRole).toEqual({ community: { id: community }, person: { handle: 'benny' } });
  await as(ana, 'mutation($c: ID!, $p: ID!) { kick(community: $c, person: $p) { person { id } } }', vars);
  await as(
    ana,
    'mutation($c: ID!, $p: ID!) { ban(community: $c, person: $p, reason: "spam", until: "2999-01-01T00:00:00Z") { person { id } } }',
    vars,
  );
  expect(await codeOf(ben, joined, vars)).toBe('forbidden');
  await as(ana, 'mutation($c: ID!, $p: ID!) { unban(community: $c, person: $p) { person { id } } }', vars);
  const invite = 'mutation($c: ID!, $p: ID!) { invite(community: $c, person: $p) { person { id } } }';
  await as(ana, invite, vars);
  const { me } = await as(ben, '{ me { invitations { nodes { community { name } invitedBy { handle } } } } }');
  expect(me.invitations.nodes).toEqual([{ community: { name: 'Rust' }, invitedBy: { handle: 'ana' } }]);
  await as(ben, 'mutation($c: ID!) { decline(community: $c) { community { id } } }', vars);
  await as(ana, invite, vars);
  await as(ben, 'mutation($c: ID!) { accept(community: $c) { community { myRole } } }', vars);
  const left = await as(ben, 'mutation($c: ID!) { leaveCommunity(community: $c) { community { name myRole } person { handle } } }', vars);
  expect(left.leaveCommunity).toEqual({ community: { name: 'Rust', myRole: null }, person: { handle: 'benny' } });
  await as(ben, joined, vars);
  const read = await as(
    ben,
    '{ communities(q: "rus", tag: "code", mine: true) { nodes { name } edges { cursor } } community(slug: "rust") { members { nodes { role person { handle } } } } me { communities { nodes { name } } } }',
  );
  expect(read.communities.nodes).toEqual([{ name: 'Rust' }]);
  expect(read.community.members.nodes).toHaveLength(2);
});

test('[L1] [L2] discussions, chats, groups and direct channels are written and read in one way', async () => {
  const { createDiscussion } = await as(
    ana,
    'mutation($c: ID!) { createDiscussion(community: $c, title: "Why?", body: "*Tell* me", tags: ["q"]) { discussion { id title author { handle } opening { html } commentCount } channel { id } message { number } } }',
    { c: community },
  );
  expect(createDiscussion.discussion).toMatchObject({
    title: 'Why?',
    author: { handle: 'ana' },
    commentCount: 0,
    opening: { html: expect.stringContaining('<em>Tell</em>') },
  });
  const channel: string = createDiscussion.channel.id;
  expect(channel).toBe(createDiscussion.discussion.id);
  const vars = { channel };
  const send =
    'mutation($channel: ID!, $body: String!, $key: String) { post(channel: $channel, body: $body, key: $key, replyTo: 1) { number version repeated message { replyTo { number } } } }';
  const first = { number: 2, version: 2, message: { replyTo: { number: 1 } } };
  expect((await as(ben, send, { ...vars, body: 'Because', key: 'k1' })).post).toEqual({ ...first, repeated: false });
  expect((await as(ben, send, { ...vars, body: 'Because', key: 'k1' })).post).toEqual({ ...first, repeated: true });
  const { edit } = await as(
    ben,
    'mutation($channel: ID!) { edit(channel: $channel, number: 2, body: "Therefore") { version message { body editedAt revisions { body } } } }',
    vars,
  );
  expect(edit).toMatchObject({ version: 3, message: { body: 'Therefore', revisions: [{ body: 'Because' }] } });
  const { react } = await as(
    ana,
    'mutation($channel: ID!) { react(channel: $channel, number: 2, emoji: "👍") { message { reactions { emoji count mine people { nodes { handle } } } } } }',
    vars,
  );
  expect(react.message.reactions).toEqual([{ emoji: '👍', count: 1, mine: true, people: { nodes: [{ handle: 'ana' }] } }]);
  await as(ana, 'mutation($channel: ID!) { pin(channel: $channel, number: 2) { message { pinnedAt } } }', vars);
  const { markRead } = await as(
    ana,
    'mutation($channel: ID!) { markRead(channel: $channel, number: 2) { number channel { unread read } } }',
    vars,
  );
  expect(markRead).toEqual({ number: 2, channel: { unread: 0, read: 2 } });
  await as(ana, 'mutation($channel: ID!) { typing(channel: $channel) { done } }', vars);
  const read = await as(
    ben,
    `query($channel: ID!, $community: ID!) {
    channel(id: $channel) { __typename lastNumber version pins { nodes { number } } changes(since: 1) { version number gap messages { number version } } messages { nodes { number readers { nodes { person { handle } } } } } }
    discussions(community: $community, sort: POPULAR, tag: "q") { nodes { title commentCount activeAt lastMessage { body } comments { nodes { number } pageInfo { hasPreviousPage hasNextPage } } } }
    epoch
  }`,
    { ...vars, community },
  );
  expect(read.channel).toMatchObject({
    __typename: 'Discussion',
    lastNumber: 2,
    version: 5,
    pins: { nodes: [{ number: 2 }] },
    changes: { version: 5, number: 2, gap: false },
  });
  expect(read.discussions.nodes[0]).toMatchObject({
    title: 'Why?',
    commentCount: 1,
    lastMessage: { body: 'Therefore' },
    comments: { nodes: [{ number: 2 }], pageInfo: { hasPreviousPage: false, hasNextPage: false } },
  });
  const { acceptAnswer } = await as(
    ana,
    'mutation($channel: ID!) { acceptAnswer(channel: $channel, number: 2) { channel { ... on Discussion { excerpt accepted { number } } } } }',
    vars,
  );
  expect(acceptAnswer.channel).toEqual({ excerpt: 'Tell me', accepted: { number: 2 } });
  const gone = await as(ben, 'mutation($channel: ID!) { delete(channel: $channel, number: 2) { message { body html deletedAt } } }', vars);
  expect(gone.delete.message).toMatchObject({ body: null, html: null });
  // A deleted answer is not shown as one, until it is back.
  const answer = 'query($channel: ID!) { channel(id: $channel) { ... on Discussion { accepted { body } } } }';
  expect((await as(ana, answer, vars)).channel.accepted).toBeNull();
  const back = await as(
    ben,
    'mutation($channel: ID!) { restore(channel: $channel, number: 2, reason: "It was right") { message { body deletedAt } } }',
    vars,
  );
  expect(back.restore.message).toEqual({ body: 'Therefore', deletedAt: null });
  expect((await as(ana, answer, vars)).channel.accepted).toEqual({ body: 'Therefore' });

  const { createChannel } = await as(
    ana,
    'mutation($c: ID!) { createChannel(community: $c, name: "news", posting: MODERATORS) { channel { id name posting ... on Chat { number } } } }',
    { c: community },
  );
  expect(createChannel.channel).toMatchObject({ name: 'news', posting: 'MODERATORS', number: null });
  expect(await codeOf(ben, 'mutation($c: ID!) { post(channel: $c, body: "me too") { number } }', { c: createChannel.channel.id })).toBe(
    'forbidden',
  );
  const called = await as(
    ana,
    'mutation($c: ID!) { post(channel: $c, body: "@benny and @everyone") { message { mentionsEveryone mentions { handle } link { number } html } } }',
    { c: createChannel.channel.id },
  );
  expect(called.post.message).toEqual({
    mentionsEveryone: true,
    mentions: [{ handle: 'benny' }],
    link: null,
    html: '<p><a class="mention" href="/p/benny">@benny</a> and <span class="mention">@everyone</span></p>\n',
  });
  const unreadMentions = async () =>
    (await as(ben, 'query($c: ID!) { channel(id: $c) { unreadMentions } }', { c: createChannel.channel.id })).channel.unreadMentions;
  expect(await unreadMentions()).toBe(1);
  const { makeDiscussion } = await as(
    ana,
    `mutation($c: ID!, $to: ID!) { makeDiscussion(channel: $c, numbers: [1], community: $to, title: "News") {
      discussion { title comments { nodes { body mentions { handle } link { number channel { name } } } } } message { body }
    } }`,
    { c: createChannel.channel.id, to: community },
  );
  expect(makeDiscussion.discussion).toEqual({
    title: 'News',
    comments: { nodes: [{ body: '@benny and @everyone', mentions: [], link: { number: 1, channel: { name: 'news' } } }] },
  });
  const { changeChannel } = await as(
    ana,
    'mutation($c: ID!) { changeChannel(channel: $c, topic: "new", posting: EVERYONE, visibility: PRIVATE) { channel { topic version } } }',
    { c: createChannel.channel.id },
  );
  expect(changeChannel.channel).toMatchObject({ topic: 'new' });
  const member = { c: createChannel.channel.id, p: benId };
  expect(
    (
      await as(
        ana,
        'mutation($c: ID!, $p: ID!) { addMember(channel: $c, person: $p) { channel { members { nodes { person { handle } } } } } }',
        member,
      )
    ).addMember.channel.members.nodes,
  ).toContainEqual({ person: { handle: 'benny' } });
  await as(ana, 'mutation($c: ID!, $p: ID!) { removeMember(channel: $c, person: $p) { person { handle } } }', member);
  const { createGroup } = await as(
    ana,
    'mutation($p: ID!) { createGroup(people: [$p], name: "us") { channel { id __typename ... on Group { people { handle } } } } }',
    member,
  );
  expect(createGroup.channel).toMatchObject({ __typename: 'Group', people: [{ handle: 'benny' }] });
  const left = await as(ben, 'mutation($c: ID!) { leaveChannel(channel: $c) { channel { id } person { handle } } }', {
    c: createGroup.channel.id,
  });
  expect(left.leaveChannel).toEqual({ channel: null, person: { handle: 'benny' } });
  const direct = 'mutation($p: ID!) { openDirect(person: $p) { channel { id ... on Direct { with { handle } } } } }';
  const [one, two] = [await as(ana, direct, member), await as(ana, direct, member)];
  expect(one).toEqual(two);
  expect(one.openDirect.channel.with).toEqual({ handle: 'benny' });
});

test('applications have tokens and numbered chats', async () => {
  const { createApplication } = await as(ana, 'mutation { createApplication(name: "Shop") { token application { id name chatsCount } } }');
  const { token, application }: { token: string; application: { id: string } } = createApplication;
  const id = application.id;
  const vars = { a: id };
  expect(
    (await as(ana, 'mutation($a: ID!) { changeApplication(application: $a, name: "Store") { application { name } } }', vars))
      .changeApplication.application.name,
  ).toBe('Store');
  const further = await as(
    ana,
    'mutation($a: ID!) { createApplicationToken(application: $a, name: "second", scopes: [READ]) { token details { id scopes } } }',
    vars,
  );
  expect(further.createApplicationToken.details.scopes).toEqual(['READ']);
  const { createChat } = await as(
    token,
    'mutation($a: ID!) { createChat(application: $a, name: "one") { channel { id ... on Chat { number } } } }',
    vars,
  );
  expect(createChat.channel.number).toBe(1);
  await as(token, 'mutation($c: ID!) { post(channel: $c, body: "hello little world") { number } }', { c: createChat.channel.id });
  const read = await as(
    token,
    'query($a: ID!) { application(id: $a) { chatsCount chats { nodes { number lastNumber } } chat(number: 1) { search(q: "worl") { nodes { body } } } } }',
    vars,
  );
  expect(read.application).toEqual({
    chatsCount: 1,
    chats: { nodes: [{ number: 1, lastNumber: 1 }] },
    chat: { search: { nodes: [{ body: 'hello little world' }] } },
  });
  const listed = await as(ana, '{ applications { nodes { name tokens { nodes { name } } } } }');
  expect(listed.applications.nodes.find((application: { name: string }) => application.name === 'Store').tokens.nodes).toHaveLength(2);
  await as(ana, 'mutation($a: ID!, $t: ID!) { revokeApplicationToken(application: $a, token: $t) { done } }', {
    ...vars,
    t: further.createApplicationToken.details.id,
  });
  expect((await house.run('{ epoch }', {}, further.createApplicationToken.token)).errors[0]?.extensions.code).toBe('unauthenticated');

  // What belongs to another application is not there.
  for (const query of [
    'query($c: ID!) { community(id: $c) { id } }',
    'mutation($c: ID!) { joinCommunity(community: $c) { community { id } } }',
  ]) {
    expect((await house.run(query, { c: community }, token)).errors[0]?.extensions.code).toBe('not_found');
  }
  expect((await as(token, 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [community, benId] })).nodes).toEqual([null, null]);
});

test('[H1] whatever has a global id is found by it, and ids of the wrong kind are refused', async () => {
  const { community: found } = await as(
    ana,
    'query($id: ID!) { community(id: $id) { id plainId discussions { nodes { id opening { id } } } } }',
    { id: community },
  );
  const [{ id: discussion, opening }] = found.discussions.nodes;
  const { nodes, node } = await as(
    ana,
    'query($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { __typename id } node(id: $id) { ... on Community { slug } } }',
    {
      ids: [community, discussion, opening.id, benId],
      id: community,
    },
  );
  expect(nodes.map((one: { __typename: string }) => one.__typename)).toEqual(['Community', 'Discussion', 'Message', 'Person']);
  expect(nodes.map((one: { id: string }) => one.id)).toEqual([community, discussion, opening.id, benId]);
  expect(node).toEqual({ slug: 'rust' });
  for (const id of [found.plainId, discussion, benId, '', `${community}=`, 'Q29tbXVuaXR5OjA']) {
    const { errors } = await house.run('query($id: ID!) { community(id: $id) { id } }', { id }, ana);
    expect([id, errors[0]?.extensions]).toEqual([id, { code: 'invalid_input', retryable: false, field: 'id' }]);
  }
});

test('[H1] pages of messages lead both ways from anywhere, by number', async () => {
  const { createChannel } = await as(ana, 'mutation($c: ID!) { createChannel(community: $c, name: "long") { channel { id } } }', {
    c: community,
  });
  const channel = createChannel.channel.id;
  for (let i = 1; i <= 9; i++)
    await house.data('mutation($channel: ID!) { post(channel: $channel, body: "m") { number } }', { channel }, ana);
  const page = async (args: string) => {
    const { messages } = await as(
      ana,
      `query($channel: ID!) { messages(channel: $channel ${args}) { nodes { number } edges { cursor } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } }`,
      { channel },
    );
    const { hasPreviousPage, hasNextPage, startCursor, endCursor } = messages.pageInfo;
    const numbers = messages.nodes.map((node: { number: number }) => node.number);
    expect([startCursor, endCursor]).toEqual([String(numbers[0]), String(numbers.at(-1))]);
    return [numbers, hasPreviousPage, hasNextPage];
  };
  expect(await page('first: 3')).toEqual([[1, 2, 3], false, true]);
  expect(await page('first: 3, after: "3"')).toEqual([[4, 5, 6], true, true]);
  expect(await page('last: 2')).toEqual([[8, 9], true, false]);
  expect(await page('last: 3, before: "4"')).toEqual([[1, 2, 3], false, true]);
  expect(await page('around: 5, first: 3')).toEqual([[4, 5, 6], true, true]);
  expect((await page(''))[0]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const args of ['first: 1, last: 1', 'after: "1", before: "3"', 'around: 2, after: "1"', 'after: "x"', 'first: 0', 'first: -5']) {
    expect([
      args,
      await codeOf(ana, `query($channel: ID!) { messages(channel: $channel, ${args}) { nodes { number } } }`, { channel }),
    ]).toEqual([args, 'invalid_input']);
  }
});

test('a change is seen by what is read after it in the same request', async () => {
  const { createChannel } = await as(ana, 'mutation($c: ID!) { createChannel(community: $c, name: "twice") { channel { id } } }', {
    c: community,
  });
  const told = await as(
    ana,
    `mutation($channel: ID!) {
      a: post(channel: $channel, body: "one") { message { channel { lastNumber } } }
      b: post(channel: $channel, body: "two") { message { channel { lastNumber } } }
    }`,
    { channel: createChannel.channel.id },
  );
  expect([told.a.message.channel.lastNumber, told.b.message.channel.lastNumber]).toEqual([1, 2]);
});

test('a page asks where it is, what one may do, what is new and what is spoken of', async () => {
  const { place } = await as('', '{ place { id name adminWanted mayCreateCommunity } }');
  expect(place).toEqual({ id: globalId('Application', '1'), name: 'Plaza', adminWanted: false, mayCreateCommunity: false });
  expect((await as(ana, '{ place { mayCreateCommunity } }')).place.mayCreateCommunity).toBe(true);
  const { createCommunity } = await as(
    ana,
    'mutation { createCommunity(name: "Order", tags: ["rules"]) { community { id may { change audit join } } } }',
  );
  const c = createCommunity.community.id;
  expect(createCommunity.community.may).toEqual({ change: true, audit: true, join: false });
  await as(
    ana,
    'mutation($c: ID!) { createDiscussion(community: $c, title: "Which?", body: "These.", tags: ["law"]) { discussion { id } } }',
    { c },
  );
  const seen = await as(
    '',
    `query($c: ID!) {
      tags(first: 50) news(first: 1) { nodes { title may { post accept } } }
      community(id: $c) { discussionTags may { join startDiscussion } chats { nodes { id } } }
    }`,
    { c },
  );
  expect(seen).toMatchObject({
    tags: expect.arrayContaining(['rules']),
    news: { nodes: [{ title: 'Which?', may: { post: false, accept: false } }] },
    community: { discussionTags: ['law'], may: { join: false, startDiscussion: false }, chats: { nodes: [] } },
  });
});

test('what is mine alone: bookmarks, drafts, a picture', async () => {
  const { openDirect } = await as(ana, 'mutation($p: ID!) { openDirect(person: $p) { channel { id } } }', { p: benId });
  const mine = { c: openDirect.channel.id };
  await as(ana, 'mutation($c: ID!) { post(channel: $c, body: "Keep this") { number } }', mine);
  const { bookmark } = await as(ben, 'mutation($c: ID!) { bookmark(channel: $c, number: 1) { on message { bookmarked } } }', mine);
  expect(bookmark).toEqual({ on: true, message: { bookmarked: true } });
  const { saveDraft } = await as(
    ben,
    'mutation($c: ID!) { saveDraft(place: $c, body: "Dear", replyTo: 1) { draft { body replyTo } } }',
    mine,
  );
  expect(saveDraft.draft).toEqual({ body: 'Dear', replyTo: 1 });
  expect(await codeOf(ben, 'mutation { setAvatar(image: "AAAA") { person { avatar } } }')).toBe('invalid_input');
});

test('what is done to members is kept with its reason, for those who keep order', async () => {
  const { createCommunity } = await as(ana, 'mutation { createCommunity(name: "Kept") { community { id } } }');
  const who = { c: createCommunity.community.id, p: benId };
  await as(ben, 'mutation($c: ID!) { joinCommunity(community: $c) { community { id } } }', { c: who.c });
  const asked =
    'query($c: ID!) { community(id: $c) { moderationActions(first: 2) { nodes { kind reason role by { handle } person { handle } channel { id } message { body } } } } }';
  expect(await codeOf(ben, asked, { c: who.c })).toBe('forbidden');
  await as(
    ana,
    'mutation($c: ID!, $p: ID!) { setCommunityRole(community: $c, person: $p, role: MODERATOR, reason: "kind") { person { id } } }',
    who,
  );
  await as(ana, 'mutation($c: ID!, $p: ID!) { kick(community: $c, person: $p, reason: "a pause") { person { id } } }', who);
  const { community: kept } = await as(ana, asked, { c: who.c });
  const about = { by: { handle: 'ana' }, person: { handle: 'benny' }, channel: null, message: null };
  expect(kept.moderationActions.nodes).toEqual([
    { ...about, kind: 'MEMBER_REMOVED', reason: 'a pause', role: null },
    { ...about, kind: 'ROLE_CHANGED', reason: 'kind', role: 'MODERATOR' },
  ]);
});

test('signing out ends the device at once', async () => {
  const { signOut } = await as(ben, 'mutation { signOut { signedOut } }');
  expect(signOut.signedOut).toHaveLength(1);
  expect((await house.run('{ me { person { id } } }', {}, ben)).errors[0]?.extensions.code).toBe('unauthenticated');
});

test('every query and mutation was used above', () => {
  const schema = createSchema();
  const all = [
    ...Object.keys(schema.getQueryType()?.getFields() ?? {}).map((name) => `query ${name}`),
    ...Object.keys(schema.getMutationType()?.getFields() ?? {}).map((name) => `mutation ${name}`),
  ];
  expect(all.filter((name) => !used.has(name))).toEqual([]);
});

test('who is banned is listed with the newest ban first, page by page', async () => {
  const { createCommunity } = await as(ana, 'mutation { createCommunity(name: "Gated") { community { id } } }');
  const c = createCommunity.community.id;
  const later = await as(
    '',
    'mutation { signUp(name: "Cleo", email: "cleo@example.org", password: "a long pass phrase", handle: "cleo") { person { id } tokens { access } } }',
  );
  const ban = 'mutation($c: ID!, $p: ID!) { ban(community: $c, person: $p) { person { id } } }';
  await as(ana, ban, { c, p: later.signUp.person.id });
  await as(ana, ban, { c, p: benId });
  const asked =
    'query($c: ID!, $after: String) { community(id: $c) { bans(first: 1, after: $after) { nodes { person { handle } } pageInfo { endCursor hasNextPage } } } }';
  const { bans: first } = (await as(ana, asked, { c })).community;
  expect(first).toMatchObject({ nodes: [{ person: { handle: 'benny' } }], pageInfo: { hasNextPage: true } });
  const { bans: second } = (await as(ana, asked, { c, after: first.pageInfo.endCursor })).community;
  expect(second).toMatchObject({ nodes: [{ person: { handle: 'cleo' } }], pageInfo: { hasNextPage: false } });
  expect(await codeOf(later.signUp.tokens.access, asked, { c })).toBe('forbidden');
});
