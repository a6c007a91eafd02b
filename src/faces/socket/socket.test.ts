import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../../../contracts/wire.ts';
import { openHouse, type SocketHouse, type TestSocket } from './testing.ts';

let house: SocketHouse;
let ana: Awaited<ReturnType<SocketHouse['someone']>>;
let bo: typeof ana;

beforeAll(async () => {
  house = await openHouse({ settings: { framesPerSecond: 10_000, framesBurst: 10_000, graceSeconds: 60 } });
  ana = await house.someone('Ana');
  bo = await house.someone('Bo');
});
afterAll(() => house.end());

async function joinedBy(token: string, community: string) {
  await house.doors.communities.join(await house.who(token), { community });
  await house.hasTold();
}

const versionsOf = (frames: ServerFrame[], channel: string) =>
  frames.flatMap((frame) => (frame.type === 'events' && frame.channel === channel ? frame.events.map((event) => event.version) : []));

const headsOf = (frames: ServerFrame[], channel: string) =>
  frames.flatMap((frame) =>
    frame.type === 'head' ? frame.heads.filter((head) => head.channel === channel).map((head) => head.version) : [],
  );

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the conversation', () => {
  test('a greeting is answered with what a client needs to draw itself', async () => {
    const { community, channel } = await house.chat(ana.token);
    const direct = await house.doors.conversations.openDirect(await house.who(ana.token), { person: bo.id });
    const socket = house.connect();
    await once(socket.ws, 'open');
    socket.say({ type: 'hello', token: ana.token });
    const ready = await socket.next('ready');
    expect(ready.person.id).toBe(ana.id);
    expect(ready.epoch).toBe(await house.doors.conversations.epoch());
    expect(ready.communities).toContainEqual(
      expect.objectContaining({ role: 'owner', community: expect.objectContaining({ id: community }) }),
    );
    const ids = ready.channels.map((mine) => mine.channel.id);
    expect(ids).toContain(channel);
    expect(ids).toContain(direct.id);
    expect(ready.silence).toBe(100);
  });

  test('what one sends is acknowledged to it and heard by all who have the channel open', async () => {
    const { community, channel } = await house.chat(ana.token);
    await joinedBy(bo.token, community);
    const [a, b] = [await house.enter(ana.token), await house.enter(bo.token)];
    for (const socket of [a, b])
      expect(await socket.ask({ type: 'join', channel })).toMatchObject({ type: 'joined', messages: [], version: 0 });
    expect(await a.ask({ type: 'send', channel, key: 'k1', body: 'hello' })).toMatchObject({
      type: 'ack',
      channel,
      key: 'k1',
      number: 1,
      version: 1,
    });
    for (const socket of [a, b]) {
      const { events } = await socket.next('events');
      expect(events).toMatchObject([{ type: 'posted', version: 1, message: { number: 1, body: 'hello', author: ana.id } }]);
    }
    expect(await a.ask({ type: 'send', channel, key: 'k1', body: 'hello' })).toMatchObject({ type: 'ack', number: 1, repeated: true });
  });

  test('every verb works and has its answer', async () => {
    const { channel } = await house.chat(ana.token);
    const a = await house.enter(ana.token);
    await a.ask({ type: 'join', channel });
    await a.ask({ type: 'send', channel, key: 'k1', body: 'one' });
    expect(await a.ask({ type: 'edit', channel, number: 1, body: 'One' })).toMatchObject({ type: 'ack', version: 2 });
    expect(await a.ask({ type: 'react', channel, number: 1, emoji: '👍', on: true })).toMatchObject({ type: 'ack', version: 3 });
    expect(await a.ask({ type: 'pin', channel, number: 1, on: true })).toMatchObject({ type: 'ack', version: 4 });
    expect(await a.ask({ type: 'read', channel, number: 1 })).toMatchObject({ type: 'done' });
    expect(await a.ask({ type: 'sync', channel, since: 1 })).toMatchObject({
      type: 'synced',
      version: 4,
      gap: false,
      messages: [{ number: 1, body: 'One' }],
      mine: [{ number: 1, emoji: ['👍'] }],
      people: [{ id: ana.id, name: 'Ana' }],
    });
    expect(await a.ask({ type: 'page', channel, around: 1 })).toMatchObject({
      type: 'paged',
      messages: [{ number: 1 }],
      people: [{ id: ana.id }],
    });
    expect(await a.ask({ type: 'people', ids: [bo.id, '5'] })).toMatchObject({ type: 'people', people: [{ id: bo.id, name: 'Bo' }] });
    expect(await a.ask({ type: 'delete', channel, number: 1, reason: 'oops' })).toMatchObject({ type: 'ack', version: 5 });
    expect(await a.ask({ type: 'restore', channel, number: 1, reason: 'no' })).toMatchObject({ type: 'ack', version: 6 });
    const { events } = await a.next('events', (frame) => frame.events.some((event) => event.type === 'restored'));
    expect(events.at(-1)).toMatchObject({ type: 'restored', version: 6, message: { body: 'One', deletedAt: null } });
    a.say({ type: 'ping' });
    await a.next('pong');
    expect(await a.ask({ type: 'leave', channel })).toMatchObject({ type: 'done' });
    const before = versionsOf(a.frames, channel).length;
    await a.ask({ type: 'send', channel, key: 'k2', body: 'two' });
    await a.next('head', (frame) => frame.heads.some((head) => head.channel === channel && head.version === 7));
    expect(versionsOf(a.frames, channel)).toHaveLength(before);
  });

  test('who is called hears of it on all devices, and is told how often when they come', async () => {
    const { community, channel } = await house.chat(ana.token);
    await joinedBy(bo.token, community);
    const handle = (await house.who(bo.token)).person?.handle ?? '';
    const [a, b] = [await house.enter(ana.token), await house.enter(bo.token)];
    await a.ask({ type: 'send', channel, key: 'k1', body: `@${handle}, are you there?` });
    const called = await b.next('personal', ({ event }) => event.type === 'mentioned');
    expect(called.event).toEqual({ type: 'mentioned', channel, number: 1, on: true });
    await a.ask({ type: 'send', channel, key: 'k2', body: '@everyone!' });
    const all = await b.next('personal', ({ event }) => event.type === 'everyone_mentioned');
    expect(all.event).toEqual({ type: 'everyone_mentioned', channel, number: 2, by: ana.id, on: true });
    const again = await house.enter(bo.token);
    const mine = again.frames.flatMap((frame) => (frame.type === 'ready' ? frame.channels : [])).find((one) => one.channel.id === channel);
    expect(mine).toMatchObject({ number: 2, read: 0, mentions: 2 });
  });

  test('[L4] sends of one client to one channel keep their order', async () => {
    const { channel } = await house.chat(ana.token);
    const a = await house.enter(ana.token);
    await a.ask({ type: 'join', channel });
    const acks = await Promise.all(Array.from({ length: 60 }, (_, i) => a.ask({ type: 'send', channel, key: `k${i}`, body: String(i) })));
    expect(acks.map((ack) => ack.type === 'ack' && ack.number)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    await until(() => versionsOf(a.frames, channel).length === 60);
    expect(versionsOf(a.frames, channel)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  test('all may be said at once, the greeting first; each has its answer', async () => {
    const { channel } = await house.chat(ana.token);
    const socket = house.connect();
    await once(socket.ws, 'open');
    socket.say({ type: 'hello', token: ana.token });
    const asked = [socket.ask({ type: 'join', channel }), ...Array.from({ length: 200 }, () => socket.ask({ type: 'page', channel }))];
    const answers = await Promise.all(asked);
    expect(new Set(answers.map((answer) => answer.type))).toEqual(new Set(['joined', 'paged']));
    expect(socket.frames[0]?.type).toBe('ready');
  });

  test('what is said faster than it is answered waits, megabytes of it, and is answered in order', async () => {
    const { channel } = await house.chat(ana.token);
    const a = await house.enter(ana.token);
    const numbers = Array.from({ length: 150 }, (_, i) => i + 1);
    for (const i of numbers)
      a.ws.send(JSON.stringify({ type: 'send', id: `n${i}`, channel, key: `k${i}`, body: String(i) }).padEnd(60_000));
    await a.next('ack', ({ number }) => number === 150);
    const acks = a.frames.flatMap((frame) => (frame.type === 'ack' ? [[frame.id, frame.number]] : []));
    expect(acks).toEqual(numbers.map((i) => [`n${i}`, i]));
  });

  test("the protocol's own frames and shared ones, written past it, do not mix", async () => {
    const { channel } = await house.chat(ana.token);
    const a = await house.enter(ana.token);
    await a.ask({ type: 'join', channel });
    let pongs = 0;
    a.ws.on('pong', () => pongs++);
    const who = await house.who(ana.token);
    for (let i = 0; i < 300; i += 10) {
      const posts = [];
      for (let j = i; j < i + 10; j++) {
        a.ws.ping(Buffer.alloc(100, 1));
        posts.push(house.doors.conversations.post(who, { channel, key: `k${j}`, body: 'x'.repeat(j * 10 + 1) }));
      }
      await Promise.all(posts);
    }
    await until(() => pongs === 300 && versionsOf(a.frames, channel).length === 300);
    expect(versionsOf(a.frames, channel)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  });

  test('refusals carry their code, the id and the key, and the rule', async () => {
    const { channel } = await house.chat(ana.token);
    const b = await house.enter(bo.token);
    expect(await b.ask({ type: 'join', channel: '5' })).toMatchObject({ type: 'error', code: 'not_found', retryable: false });
    expect(await b.ask({ type: 'edit', channel, number: 7, body: 'x' })).toMatchObject({ type: 'error' });
    expect(await b.ask({ type: 'send', channel: '5', key: 'k', body: 'x' })).toMatchObject({ type: 'error', code: 'not_found', key: 'k' });
    expect(await b.ask({ type: 'send', channel, key: 'k', body: '' })).toMatchObject({ type: 'error' });
  });

  test('typing is shown to the others, once in a while', async () => {
    const { community, channel } = await house.chat(ana.token);
    await joinedBy(bo.token, community);
    const [a, b] = [await house.enter(ana.token), await house.enter(bo.token)];
    for (const socket of [a, b]) await socket.ask({ type: 'join', channel });
    for (let i = 0; i < 5; i++) a.say({ type: 'typing', channel });
    expect(await b.next('typing')).toMatchObject({ channel, person: { id: ana.id } });
    await a.ask({ type: 'read', channel, number: 0 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(b.frames.filter((frame) => frame.type === 'typing')).toHaveLength(1);
    expect(a.frames.some((frame) => frame.type === 'typing')).toBe(false);
  });

  test('my other devices hear what concerns me', async () => {
    const { community, channel } = await house.chat(ana.token);
    await joinedBy(bo.token, community);
    const [one, other, b] = [await house.enter(ana.token), await house.enter(ana.token), await house.enter(bo.token)];
    await b.ask({ type: 'send', channel, key: 'k', body: 'x' });
    await one.ask({ type: 'read', channel, number: 1 });
    expect(await other.next('personal', ({ event }) => event.type === 'read' && event.channel === channel)).toMatchObject({
      event: { number: 1 },
    });
  });

  test("[L9] a private community's new details go to its members alone", async () => {
    const who = await house.who(ana.token);
    const { id } = await house.doors.communities.create(who, { name: 'Shed', visibility: 'private' });
    await house.hasTold();
    const [a, b] = [await house.enter(ana.token), await house.enter(bo.token)];
    const changed = await house.doors.communities.change(who, { community: id, name: 'Tool shed' });
    expect(await a.next('personal', ({ event }) => event.type === 'community_changed')).toMatchObject({ event: { community: changed } });
    // What comes later on the same connection has come: the change before it had its chance.
    const { channel } = await house.chat(bo.token);
    await b.ask({ type: 'join', channel });
    await b.ask({ type: 'send', channel, key: 'k', body: 'x' });
    await b.next('events');
    expect(JSON.stringify(b.frames)).not.toContain('Tool shed');
  });

  test('who joins a community hears of its chats from then on', async () => {
    const { community, channel } = await house.chat(ana.token);
    const b = await house.enter(bo.token);
    await joinedBy(bo.token, community);
    await b.next('personal', ({ event }) => event.type === 'community_joined' && event.community === community);
    const a = await house.enter(ana.token);
    let posted = 0;
    // The list is read again in the background; some post after that is the first to be told of.
    const heard = b.next('head', ({ heads }) => heads.some((head) => head.channel === channel));
    const posting = setInterval(() => a.say({ type: 'send', channel, key: `k${posted++}`, body: 'x' }), 20);
    await heard.finally(() => clearInterval(posting));
    const next = await house.doors.conversations.createChannel(await house.who(ana.token), { community, name: 'second' });
    await b.next('personal', ({ event }) => event.type === 'channel_created' && event.channel.id === next.id);
    await a.ask({ type: 'send', channel: next.id, key: 'k', body: 'x' });
    await b.next('head', ({ heads }) => heads.some((head) => head.channel === next.id));
  });
});

describe('joining and coming back', () => {
  test('[L12] whoever joins while others write has every version once, with the snapshot, in order', async () => {
    const { community, channel } = await house.chat(ana.token);
    await joinedBy(bo.token, community);
    const who = await house.who(ana.token);
    let writing = true;
    let last = 0;
    const writer = (async () => {
      for (let i = 0; writing; i++) last = (await house.doors.conversations.post(who, { channel, key: `w${i}`, body: 'x' })).version;
    })();
    const socket = await house.enter(bo.token);
    for (let round = 0; round < 15; round++) {
      const joined = await socket.ask(round % 2 ? { type: 'join', channel, since: last } : { type: 'join', channel });
      if (joined.type !== 'joined') throw new Error(JSON.stringify(joined));
      const mark = socket.frames.indexOf(joined);
      const target = joined.version + 5;
      await until(() => versionsOf(socket.frames.slice(mark), channel).includes(target));
      const heard = versionsOf(socket.frames.slice(mark), channel);
      // The feed may tell of a commit before a snapshot shows it: then `gap` or a `head` asks for a sync.
      const first = heard[0] ?? 0;
      const told = socket.frames.slice(mark).flatMap((frame) => (frame.type === 'head' ? frame.heads : []));
      const asked = joined.gap || told.some((head) => head.channel === channel && head.version >= first - 1);
      expect(first === joined.version + 1 || asked).toBe(true);
      expect(heard).toEqual(heard.map((_, i) => first + i));
      await socket.ask({ type: 'leave', channel });
    }
    writing = false;
    await writer;
  });

  test('a resumed connection has its channels open again, and what it missed', async () => {
    const { channel } = await house.chat(ana.token);
    const a = await house.enter(ana.token);
    await a.ask({ type: 'send', channel, key: 'k1', body: 'one' });
    await a.ask({ type: 'send', channel, key: 'k2', body: 'two' });
    const epoch = await house.doors.conversations.epoch();
    const back = house.connect();
    await once(back.ws, 'open');
    back.say({
      type: 'hello',
      token: ana.token,
      resume: {
        epoch,
        places: [
          { channel, version: 1 },
          { channel: '5', version: 1 },
        ],
      },
    });
    await back.next('ready');
    expect(await back.next('joined')).toMatchObject({ channel: { id: channel }, version: 2, messages: [{ number: 2 }], gap: false });
    expect(await back.next('error')).toMatchObject({ code: 'not_found' });
    await a.ask({ type: 'send', channel, key: 'k3', body: 'three' });
    expect((await back.next('events')).events.map((event) => event.version)).toEqual([3]);
  });

  test('[L13] with another epoch nothing is resumed', async () => {
    const { channel } = await house.chat(ana.token);
    const back = house.connect();
    await once(back.ws, 'open');
    back.say({ type: 'hello', token: ana.token, resume: { epoch: 'of another time', places: [{ channel, version: 1 }] } });
    await back.next('ready');
    back.say({ type: 'ping' });
    await back.next('pong');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(back.frames.some((frame) => frame.type === 'joined')).toBe(false);
  });

  test('a second hello renews the token; one of somebody else does not take over', async () => {
    const a = await house.enter(ana.token);
    a.say({ type: 'hello', token: ana.token });
    expect(await a.next('ready')).toMatchObject({ person: { id: ana.id } });
    a.say({ type: 'hello', token: bo.token });
    expect(await a.next('error')).toMatchObject({ code: 'forbidden' });
    a.say({ type: 'ping' });
    await a.next('pong');
  });
});

describe('[L9] access taken away on an open connection', () => {
  async function open(): Promise<{ community: string; channel: string; a: TestSocket; b: TestSocket }> {
    const { community, channel } = await house.chat(ana.token);
    await joinedBy(bo.token, community);
    const [a, b] = [await house.enter(ana.token), await house.enter(bo.token)];
    for (const socket of [a, b]) await socket.ask({ type: 'join', channel });
    return { community, channel, a, b };
  }

  async function expectNothingMore({ channel, a, b }: { channel: string; a: TestSocket; b: TestSocket }): Promise<void> {
    const { version } = (await a.ask({ type: 'send', channel, key: 'after', body: 'not for Bo' })) as { version: number };
    // Ana too was suspended for a moment; then she is told to sync.
    await until(() => versionsOf(a.frames, channel).includes(version) || headsOf(a.frames, channel).some((head) => head >= version));
    await b.next('left', (frame) => frame.channel === channel && frame.code !== undefined);
    expect(versionsOf(b.frames, channel)).not.toContain(version);
    expect(headsOf(b.frames, channel).every((head) => head < version)).toBe(true);
    for (const frame of [
      { type: 'sync', channel, since: 0 },
      { type: 'page', channel },
      { type: 'join', channel },
    ] as const) {
      expect(await b.ask(frame)).toMatchObject({ type: 'error', code: 'not_found' });
    }
  }

  test('a channel made private', async () => {
    const all = await open();
    await house.doors.conversations.change(await house.who(ana.token), { channel: all.channel, visibility: 'private' });
    await expectNothingMore(all);
  });

  test('a ban from a private community', async () => {
    const all = await open();
    const who = await house.who(ana.token);
    await house.doors.communities.change(who, { community: all.community, visibility: 'private' });
    await house.doors.communities.ban(who, { community: all.community, person: bo.id });
    await expectNothingMore(all);
  });

  test('a device signed out', async () => {
    const { token } = await house.someone('Cy');
    const socket = await house.enter(token);
    await house.doors.accounts.signOut(await house.who(token), {});
    expect(await socket.next('bye')).toMatchObject({ code: 'signed_out' });
    expect(await socket.closed).toMatchObject({ code: 4502 });
  });
});

describe('many in one channel', () => {
  test('[L10] one who does not read is cut off with a code, and nobody else is late', async () => {
    const { community, channel } = await house.chat(ana.token);
    const members = [];
    for (let i = 0; i < 6; i++) {
      const { token } = await house.someone(`Reader${i}`);
      await joinedBy(token, community);
      members.push(token);
    }
    const sockets = await Promise.all(members.map((token) => house.enter(token)));
    for (const socket of sockets) await socket.ask({ type: 'join', channel });
    const [slow, ...rest] = sockets;
    if (!slow) throw new Error('nobody there');
    slow.ws.pause();
    const who = await house.who(ana.token);
    const body = 'x'.repeat(9000);
    let last = 0;
    let cut = false;
    // Until the network and our bound are both full.
    for (let i = 0; !cut && i < 2000; i += 20) {
      const posts = await Promise.all(
        Array.from({ length: 20 }, (_, j) => house.doors.conversations.post(who, { channel, key: `s${i + j}`, body })),
      );
      last = Math.max(...posts.map((post) => post.version));
      await until(() => rest.every((socket) => versionsOf(socket.frames, channel).includes(last)));
      const { text } = await house.ask('GET', '/metrics');
      cut = /plaza_socket_too_slow_total 1/.test(text);
    }
    expect(cut).toBe(true);
    for (const socket of rest) {
      const versions = versionsOf(socket.frames, channel);
      expect(versions).toEqual(versions.map((_, i) => i + 1));
    }
    slow.ws.resume();
    expect(await slow.next('bye')).toMatchObject({ code: 'too_slow', retryAfter: expect.any(Number) });
    expect(await slow.closed).toMatchObject({ code: 4001 });
    const had = versionsOf(slow.frames, channel);
    expect(had).toEqual(had.map((_, i) => i + 1));
    // It comes back and syncs without a gap.
    const back = await house.enter(members[0] ?? '');
    let version = had.at(-1) ?? 0;
    const numbers = new Set(had);
    for (let gap = true; gap; ) {
      const synced = await back.ask({ type: 'sync', channel, since: version });
      if (synced.type !== 'synced') throw new Error(JSON.stringify(synced));
      for (const message of synced.messages) numbers.add(message.number);
      ({ version, gap } = synced);
    }
    expect(numbers.size).toBe(last);
  }, 60_000);
});
