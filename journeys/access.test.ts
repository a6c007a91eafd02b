import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel, Community } from '../contracts/nouns.ts';
import { graphql, rest, type Someone, signIn, signUp } from './support/api.ts';
import { createCopy, follow } from './support/copy.ts';
import { type House, startHouse } from './support/house.ts';
import { type Listener, streamEvents, subscribe } from './support/live.ts';
import { openSocket, Refused, type TestSocket } from './support/socket.ts';
import { until, within } from './support/wait.ts';

/** Ana rules by the first process; Ben, who loses access, and Cem, who keeps it, are on the second. */
let house: House;
let ana: Someone;
let cem: Someone;

beforeAll(async () => {
  house = await startHouse({ processes: 2 });
  [ana, cem] = await Promise.all([signUp(house.base, 'Ana'), signUp(house.otherBase, 'Cem')]);
});
afterAll(() => house?.stop());

interface Place {
  ben: Someone;
  community: Community;
  channel: Channel;
}

/** A community with a chat; Ben and Cem are members of it. `more` makes the chat another one. */
async function makePlace(more: object = {}): Promise<Place> {
  const ben = await signUp(house.otherBase, 'Ben');
  const community = await ana.createCommunity(`Lighthouses ${ben.person.handle}`);
  await Promise.all([ben.join(community), cem.join(community)]);
  const channel = await ana.createChat(community, 'keepers', more);
  return { ben, community, channel };
}

async function addAll({ ben, channel }: Place): Promise<void> {
  for (const someone of [ben, cem]) await ana.call('PUT', `/v1/channels/${channel.id}/members/${someone.person.id}`);
}

interface Ears {
  socket: TestSocket;
  subscription: Listener<unknown>;
  stream: Listener<unknown>;
}

/** Ben listens in every way there is, and hears. */
async function listen({ ben, channel }: Place): Promise<Ears> {
  const socket = await openSocket(ben.base, ben.token);
  const copy = createCopy(channel.id);
  await follow(socket, copy);
  const subscription = await subscribe(ben.base, ben.token, channel.id, copy.version);
  const stream = await streamEvents(ben.base, ben.token, channel.id);
  await until('the stream has joined', () => JSON.stringify(stream.heard).includes('"joined"'));
  await ana.post(channel, 'for all to hear');
  const ears = { socket, subscription, stream };
  await until('Ben hears everywhere', () => Object.values(told(ears)).every((text) => text.includes('for all to hear')));
  return ears;
}

function told({ socket, subscription, stream }: Ears) {
  return { socket: JSON.stringify(socket.heard), subscription: JSON.stringify(subscription.heard), stream: JSON.stringify(stream.heard) };
}

/** After `change` nothing of the channel reaches Ben any more, while Cem on the same process goes on hearing. */
async function losesAccess(place: Place, change: () => Promise<unknown>): Promise<Ears> {
  const { channel } = place;
  const witness = await openSocket(cem.base, cem.token);
  await witness.ask('joined', { type: 'join', channel: channel.id });
  const ears = await listen(place);
  await change();
  const secret = await ana.post(channel, 'a secret');
  // Who is looked up anew meanwhile is told where the channel stands instead.
  await until('Cem hears of it', () =>
    witness.heard.some(
      (frame) =>
        (frame.type === 'events' && frame.events.some(({ version }) => version === secret.version)) ||
        (frame.type === 'head' && frame.heads.some((head) => head.channel === channel.id && head.version >= secret.version)),
    ),
  );
  await within(ears.subscription.ended, 'the subscription to end');
  await Promise.race([ears.stream.ended, until('the stream has left', () => told(ears).stream.includes('"left"'))]);
  // The events of one channel go out together: what Cem has heard was written to Ben as well, or never will be.
  if (ears.socket.raw.readyState === ears.socket.raw.OPEN) {
    ears.socket.tell({ type: 'ping' });
    await ears.socket.hear('pong').catch(() => ears.socket.closed);
  }
  for (const [face, text] of Object.entries(told(ears))) expect(text, face).not.toContain('a secret');
  await witness.close();
  return ears;
}

async function readsNothing({ ben, channel }: Place, { socket }: Ears): Promise<void> {
  const left = await socket.hear('left', (frame) => frame.channel === channel.id);
  expect(left.code).toMatch(/^(forbidden|not_found)$/);
  for (const frame of [
    { type: 'sync', channel: channel.id, since: 0 },
    { type: 'page', channel: channel.id },
    { type: 'join', channel: channel.id },
    { type: 'send', channel: channel.id, key: 'k', body: 'let me in' },
  ] as const) {
    const refused = await socket.ask('done', frame).catch((error: unknown) => error);
    expect(refused instanceof Refused ? refused.frame.code : refused, frame.type).toMatch(/^(forbidden|not_found)$/);
  }
  for (const path of ['', '/messages', '/messages/1', '/changes?since=0', '/pins']) {
    const { status, text } = await rest(ben.base, ben.token, 'GET', `/v1/channels/${channel.id}${path}`);
    expect([403, 404], `${path} ${text}`).toContain(status);
  }
  const id = Buffer.from(`Channel:${channel.id}`).toString('base64url');
  const { text } = await graphql(ben.base, ben.token, `{ node(id: "${id}") { id ... on Channel { messages { nodes { body } } } } }`);
  expect(text).not.toContain('for all to hear');
}

async function close({ socket, subscription, stream }: Ears): Promise<void> {
  await Promise.all([socket.close(), subscription.close(), stream.close()]);
}

describe('[L9] nothing is heard after the change that took access away, on any face, on another process', () => {
  test('kicked out of the community', async () => {
    const place = await makePlace();
    const ears = await losesAccess(place, () => ana.call('DELETE', `/v1/communities/${place.community.id}/members/${place.ben.person.id}`));
    await readsNothing(place, ears);
    await close(ears);
  });

  test('banned from the community', async () => {
    const place = await makePlace();
    const ears = await losesAccess(place, () =>
      ana.call('PUT', `/v1/communities/${place.community.id}/bans/${place.ben.person.id}`, { reason: 'spam' }),
    );
    await readsNothing(place, ears);
    await close(ears);
  });

  test('left: of a chat nothing more is heard by who is no longer a member', async () => {
    const place = await makePlace();
    const ears = await losesAccess(place, () => place.ben.call('DELETE', `/v1/communities/${place.community.id}/members/me`));
    await readsNothing(place, ears);
    await close(ears);
  });

  test('the channel is made private', async () => {
    const place = await makePlace();
    await ana.call('PUT', `/v1/channels/${place.channel.id}/members/${cem.person.id}`);
    const ears = await losesAccess(place, () => ana.call('PATCH', `/v1/channels/${place.channel.id}`, { visibility: 'private' }));
    await readsNothing(place, ears);
    await close(ears);
  });

  test('the community is made private', async () => {
    // Of a community one did not join its discussions can be read, while it is public.
    const home = await makePlace();
    const opening = { title: 'Fog', body: 'Who heard it?' };
    const { channel } = await ana.call<{ channel: Channel }>('POST', `/v1/communities/${home.community.id}/discussions`, opening);
    const place = { ...home, channel };
    await place.ben.call('DELETE', `/v1/communities/${place.community.id}/members/me`);
    const ears = await losesAccess(place, () => ana.call('PATCH', `/v1/communities/${place.community.id}`, { visibility: 'private' }));
    await readsNothing(place, ears);
    await close(ears);
  });

  test('removed from a private channel', async () => {
    const place = await makePlace({ visibility: 'private' });
    await addAll(place);
    const ears = await losesAccess(place, () => ana.call('DELETE', `/v1/channels/${place.channel.id}/members/${place.ben.person.id}`));
    await readsNothing(place, ears);
    await close(ears);
  });

  test('the device is signed out', async () => {
    const place = await makePlace();
    const { ben } = place;
    const { account } = await ben.call<{ account: { email: string } }>('GET', '/v1/me');
    const other = await signIn(house.base, account.email);
    const ears = await losesAccess(place, async () => {
      const { status } = await rest(house.base, other.tokens.access, 'DELETE', `/v1/devices/${ben.device}`);
      expect(status).toBe(204);
    });
    expect(await within(ears.socket.closed, 'the socket to be closed')).toMatchObject({ code: 4502, bye: { code: 'signed_out' } });
    expect(await within(ears.stream.ended, 'the stream to end')).toBe('signed_out');
    expect(await rest(ben.base, ben.token, 'GET', `/v1/channels/${place.channel.id}/messages`)).toMatchObject({ status: 401 });
    expect(await rest(ben.base, null, 'POST', '/v1/refresh', { refresh: ben.refresh })).toMatchObject({ status: 401 });
    // The device that signed the other one out is not touched.
    expect(await rest(house.otherBase, other.tokens.access, 'GET', '/v1/me')).toMatchObject({ status: 200 });
    await close(ears);
  });
});
