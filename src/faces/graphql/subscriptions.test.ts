import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createGraphqlTest, type GraphqlTest, type Json } from './testing.ts';

let house: GraphqlTest;
let port: number;
let ana: { token: string; id: string };
let ben: { token: string; id: string };
let community: string;

beforeAll(async () => {
  house = await createGraphqlTest();
  port = (await house.server.listen()).port;
  [ana, ben] = await Promise.all([house.someone('Ana'), house.someone('Ben')]);
  const made = await house.data('mutation { createCommunity(name: "Rust") { community { id } } }', {}, ana.token);
  community = made.createCommunity.community.id;
  await house.data('mutation($id: ID!) { joinCommunity(community: $id) { community { id } } }', { id: community }, ben.token);
});
/** Those that listen, so that none outlives its test. */
const listening: Heard[] = [];
afterEach(async () => {
  await Promise.all(listening.splice(0).map((heard) => heard.end()));
  await untilOpen(0);
});
afterAll(() => house.end());

let chats = 0;
async function chat(): Promise<string> {
  const query = 'mutation($community: ID!, $name: String!) { createChannel(community: $community, name: $name) { channel { id } } }';
  return (await house.data(query, { community, name: `chat ${++chats}` }, ana.token)).createChannel.channel.id;
}

const post = (channel: string, body: string, token: string) =>
  house.data(
    'mutation($channel: ID!, $body: String!) { post(channel: $channel, body: $body) { number version } }',
    { channel, body },
    token,
  );

const events = `subscription($channel: ID!, $after: Int) {
  channelEvents(channel: $channel, after: $after) {
    __typename version by { name } channel { id unread } message { number body author { name } reactions { emoji count mine } }
    ... on ReactedEvent { emoji on }
  }
}`;

interface Told {
  data?: Json;
  errors?: { message: string; extensions: { code: string } }[];
}

/** What a subscription tells, item by item, by whichever transport. */
interface Heard {
  next(): Promise<Told>;
  end(): Promise<void>;
}

function byWebsocket(query: string, variables: Record<string, unknown>, token: string | null): Heard {
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { token },
  });
  const told = client.iterate({ query, variables });
  return {
    async next() {
      try {
        const { value } = await told.next();
        return value as Told;
      } catch (errors) {
        return { errors } as Told;
      }
    },
    async end() {
      await told.return?.();
      await client.dispose();
    },
  };
}

function bySse(query: string, variables: Record<string, unknown>, token: string | null): Heard {
  const gone = new AbortController();
  const lines = (async function* () {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      signal: gone.signal,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    if (!response.body) return;
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) if (part.startsWith('event: next')) yield JSON.parse(part.slice(part.indexOf('data: ') + 6)) as Told;
    }
  })();
  return {
    async next() {
      return (await lines.next()).value as Told;
    },
    async end() {
      gone.abort();
    },
  };
}

/** The next of this type on myEvents; what was made just before may still come by the feed, and is passed over. */
async function nextOf(heard: Heard, type: string): Promise<Json> {
  for (;;) {
    const { data, errors } = await heard.next();
    if (!data) throw new Error(JSON.stringify(errors));
    if (data.myEvents.__typename === type) return data.myEvents;
  }
}

async function openNow(): Promise<number> {
  const { text } = await house.ask('GET', '/metrics');
  return Number(/^plaza_graphql_subscriptions (\d+)$/m.exec(text)?.[1]);
}

async function untilOpen(count: number): Promise<void> {
  while ((await openNow()) !== count) await new Promise((resolve) => setTimeout(resolve, 10));
}

for (const [transport, by] of [
  ['graphql-transport-ws', byWebsocket],
  ['server-sent events', bySse],
] as const) {
  const listen: typeof by = (...asked) => {
    const heard = by(...asked);
    listening.push(heard);
    return heard;
  };

  test(`[L6] [L7] channelEvents over ${transport}: what came before and what comes now, in order, without a gap`, async () => {
    const channel = await chat();
    await post(channel, 'one', ana.token);
    await post(channel, 'two', ben.token);
    const heard = listen(events, { channel, after: 1 }, ana.token);
    const caughtUp = await heard.next();
    expect(caughtUp.data.channelEvents).toMatchObject({
      __typename: 'PostedEvent',
      version: 2,
      by: { name: 'Ben' },
      message: { number: 2, body: 'two', author: { name: 'Ben' } },
    });
    await post(channel, 'three', ben.token);
    await house.data(
      'mutation($c: ID!) { react(channel: $c, number: 1, emoji: "🎉") { version } edit(channel: $c, number: 1, body: "uno") { version } }',
      { c: channel },
      ana.token,
    );
    const told = [await heard.next(), await heard.next(), await heard.next()].map(({ data }) => data.channelEvents);
    expect(told).toMatchObject([
      { __typename: 'PostedEvent', version: 3, channel: { id: channel }, message: { body: 'three' } },
      {
        __typename: 'ReactedEvent',
        version: 4,
        emoji: '🎉',
        on: true,
        message: { number: 1, reactions: [{ emoji: '🎉', count: 1, mine: true }] },
      },
      { __typename: 'EditedEvent', version: 5, message: { number: 1, body: 'uno' } },
    ]);
    // Each event is told as of now, not as of when the subscription began.
    expect(told[0].channel.unread).toBe(2);
  });

  test(`[L9] channelEvents over ${transport} ends when access is taken away`, async () => {
    const made = await house.data('mutation { createCommunity(name: "Den", visibility: PRIVATE) { community { id } } }', {}, ana.token);
    const id = made.createCommunity.community.id;
    const benId = (await house.data('{ me { person { id } } }', {}, ben.token)).me.person.id;
    await house.data('mutation($id: ID!, $p: ID!) { invite(community: $id, person: $p) { person { id } } }', { id, p: benId }, ana.token);
    await house.data('mutation($id: ID!) { accept(community: $id) { community { id } } }', { id }, ben.token);
    const { createChannel } = await house.data(
      'mutation($id: ID!) { createChannel(community: $id, name: "in") { channel { id } } }',
      { id },
      ana.token,
    );
    const channel = createChannel.channel.id;
    await post(channel, 'hello', ana.token);
    const heard = listen(events, { channel, after: 0 }, ben.token);
    expect((await heard.next()).data.channelEvents.message.body).toBe('hello');
    await house.data('mutation($id: ID!, $p: ID!) { kick(community: $id, person: $p) { person { id } } }', { id, p: benId }, ana.token);
    await post(channel, 'secret', ana.token);
    const last = await heard.next();
    expect(last.data).toBeUndefined();
    expect(last.errors?.[0]?.extensions.code).toMatch(/^(forbidden|not_found)$/);
    await heard.end();
    await untilOpen(0);
    const again = listen(events, { channel, after: 0 }, ben.token);
    expect((await again.next()).errors?.[0]?.extensions.code).toBe('not_found');
    await again.end();
  });

  test(`channelEvents over ${transport}: what is brought back, and what becomes a discussion`, async () => {
    const channel = await chat();
    await post(channel, 'one', ana.token);
    const heard = listen(
      'subscription($c: ID!) { channelEvents(channel: $c, after: 0) { __typename version message { number body link { channel { name } } } } }',
      { c: channel },
      ben.token,
    );
    // What comes before has been read by then.
    expect((await heard.next()).data.channelEvents).toMatchObject({ version: 1 });
    await house.data(
      `mutation($c: ID!, $to: ID!) {
        delete(channel: $c, number: 1) { version } restore(channel: $c, number: 1) { version }
        makeDiscussion(channel: $c, numbers: [1], community: $to, title: "One") { discussion { id } }
      }`,
      { c: channel, to: community },
      ana.token,
    );
    const told = [await heard.next(), await heard.next(), await heard.next(), await heard.next()].map(({ data }) => data.channelEvents);
    const message = { number: 1, body: 'one', link: { channel: { name: 'One' } } };
    expect(told).toMatchObject([
      { __typename: 'DeletedEvent', version: 2 },
      { __typename: 'RestoredEvent', version: 3, message: { number: 1, body: 'one' } },
      { __typename: 'LinkedEvent', version: 4, message },
      { __typename: 'PostedEvent', version: 5, message: { number: 2 } },
    ]);
  });

  test(`myEvents over ${transport}: who calls me`, async () => {
    const channel = await chat();
    const { handle } = (await house.data('{ me { person { handle } } }', {}, ben.token)).me.person;
    const heard = listen(
      'subscription { myEvents { __typename ... on MentionedEvent { on message { number body } } ... on EveryoneMentionedEvent { message { number } } } }',
      {},
      ben.token,
    );
    const first = nextOf(heard, 'MentionedEvent');
    await untilOpen(1);
    await post(channel, `@${handle}`, ana.token);
    expect(await first).toEqual({ __typename: 'MentionedEvent', on: true, message: { number: 1, body: `@${handle}` } });
    await post(channel, '@everyone', ana.token);
    expect(await nextOf(heard, 'EveryoneMentionedEvent')).toEqual({ __typename: 'EveryoneMentionedEvent', message: { number: 2 } });
  });

  test(`myEvents over ${transport}: what I read and where I am invited to`, async () => {
    const channel = await chat();
    await post(channel, 'read me', ana.token);
    const heard = listen(
      'subscription { myEvents { __typename ... on ReadEvent { number channel { id unread } } ... on InvitedEvent { by { name } community { name } } } }',
      {},
      ben.token,
    );
    const first = nextOf(heard, 'ReadEvent');
    await untilOpen(1);
    await house.data('mutation($c: ID!) { markRead(channel: $c, number: 1) { number channel { unread } } }', { c: channel }, ben.token);
    expect(await first).toEqual({ __typename: 'ReadEvent', number: 1, channel: { id: channel, unread: 0 } });
  });

  test(`[L9] myEvents over ${transport}: a private community's new details go to its members, and to nobody else`, async () => {
    const made = await house.data('mutation { createCommunity(name: "Shed", visibility: PRIVATE) { community { id } } }', {}, ana.token);
    const c: string = made.createCommunity.community.id;
    const query = 'subscription { myEvents { __typename ... on CommunityChangedEvent { community { id name myRole } } } }';
    const change = 'mutation($c: ID!, $name: String!) { changeCommunity(community: $c, name: $name) { community { name } } }';
    /** The first that is told when these change one after the other. */
    async function firstTold(token: string, changing: string[]): Promise<Json> {
      const heard = listen(query, {}, token);
      const first = nextOf(heard, 'CommunityChangedEvent');
      await untilOpen(1);
      for (const id of changing) await house.data(change, { c: id, name: `Name by ${transport}` }, ana.token);
      const told = await first;
      await heard.end();
      await untilOpen(0);
      return told;
    }
    expect(await firstTold(ana.token, [c])).toMatchObject({ community: { id: c, name: expect.stringMatching(/^Name/), myRole: 'OWNER' } });
    expect(await firstTold(ben.token, [c, community])).toMatchObject({ community: { id: community, myRole: 'MEMBER' } });
  });

  test(`a subscription over ${transport} refuses in codes`, async () => {
    const cases: [string, Record<string, unknown>, string | null, string][] = [
      [events, { channel: 'nonsense' }, ana.token, 'invalid_input'],
      ['subscription { channelEvents { version } }', {}, ana.token, 'invalid_input'],
      ['subscription {', {}, ana.token, 'invalid_input'],
      [
        'subscription { myEvents { ... on ChannelJoinedEvent { channel { messages(first: 30000) { nodes { body } } } } } }',
        {},
        ana.token,
        'too_complex',
      ],
    ];
    for (const [query, variables, token, code] of cases) {
      const heard = listen(query, variables, token);
      const { errors } = await heard.next();
      expect(errors?.[0]?.extensions).toMatchObject({ code, retryable: false });
      expect(errors?.[0]?.extensions).not.toHaveProperty('http');
      await heard.end();
    }
  });
}

test('[L9] a subscription that is asked for while its device is signed out does not begin', async () => {
  const channel = await chat();
  const cleo = await house.someone('Cleo');
  const { accounts } = house.doors;
  const { authenticate } = accounts;
  // The sign-out comes between the look at the token and the subscription, and its event is long through by then.
  accounts.authenticate = async (...asked) => {
    const who = await authenticate(...asked);
    if (asked[0] !== cleo.token) return who;
    accounts.authenticate = authenticate;
    await accounts.signOut(who, {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    return who;
  };
  const heard = bySse(events, { channel, after: 0 }, cleo.token);
  expect((await heard.next()).errors?.[0]?.extensions.code).toBe('unauthenticated');
  await heard.end();
  await untilOpen(0);
});

test('a websocket with a bad token is refused as it introduces itself, and one that is silent is let go', async () => {
  const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  const bad = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  bad.once('open', () => bad.send(JSON.stringify({ type: 'connection_init', payload: { token: 'nonsense' } })));
  expect(await closed(bad)).toBe(4403);
  const rude = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  rude.once('open', () => rude.send('x'.repeat(65 * 1024)));
  expect(await closed(rude)).toBe(1009);
  const foreign = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-ws');
  foreign.on('error', () => {});
  expect(await closed(foreign)).toBeGreaterThan(1000);
});

test('queries and mutations go over the websocket too', async () => {
  const client = byWebsocket('mutation($c: ID!) { post(channel: $c, body: "by socket") { number } }', { c: await chat() }, ben.token);
  expect((await client.next()).data.post.number).toBe(1);
  await client.end();
});

test('draining ends subscriptions with a code that says come back', async () => {
  const other = await createGraphqlTest();
  const at = (await other.server.listen()).port;
  const { token } = await other.someone('Cleo');
  const socket = new WebSocket(`ws://127.0.0.1:${at}/graphql`, 'graphql-transport-ws');
  const code = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  const acknowledged = new Promise((resolve) => socket.once('message', resolve));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
  await acknowledged;
  const subscribe = () =>
    fetch(`http://127.0.0.1:${at}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: 'subscription { myEvents { __typename } }' }),
    });
  const text = (await subscribe()).text();
  await other.face.drain();
  expect(await code).toBe(4000);
  expect(await text).toContain('"code":"unavailable"');
  // One that was on its way in.
  expect(await (await subscribe()).text()).toContain('"code":"unavailable"');
  await other.end();
});
