import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelEvent } from '../../../contracts/events.ts';
import { openHouse, type SocketHouse } from './testing.ts';

let house: SocketHouse;
let ana: Awaited<ReturnType<SocketHouse['someone']>>;
let bo: typeof ana;

beforeAll(async () => {
  house = await openHouse({ settings: { slowBytes: 100_000 } });
  ana = await house.someone('Ana');
  bo = await house.someone('Bo');
});
afterAll(() => house.end());

async function place() {
  const { community, channel } = await house.chat(ana.token);
  await house.doors.communities.join(await house.who(bo.token), { community });
  const who = await house.who(ana.token);
  let n = 0;
  return {
    community,
    channel,
    who,
    say: (body = 'x') => house.doors.conversations.post(who, { channel, key: `k${n++}`, body }),
    listen: async (after?: number) => house.face.live.subscribe(await house.who(bo.token), { channel, after })[Symbol.asyncIterator](),
  };
}

async function tooSlow(): Promise<string | undefined> {
  const { text } = await house.ask('GET', '/metrics');
  return /plaza_socket_too_slow_total (\d+)/.exec(text)?.[1];
}

async function take(reader: AsyncIterator<ChannelEvent>, count: number): Promise<ChannelEvent[]> {
  const events: ChannelEvent[] = [];
  while (events.length < count) {
    const { value, done } = await reader.next();
    if (done) break;
    events.push(value);
  }
  return events;
}

describe('subscriptions of other faces', () => {
  test('hear a channel from the version given, without a gap, however long ago that was', async () => {
    const { channel, who, say, listen } = await place();
    for (let i = 0; i < 450; i++) await say(`m${i}`);
    await house.doors.conversations.edit(who, { channel, number: 450, body: 'edited' });
    await house.doors.conversations.delete(who, { channel, number: 449 });
    const reader = await listen(10);
    const writing = (async () => {
      for (let i = 0; i < 50; i++) await say(`later${i}`);
    })();
    const events = await take(reader, 490);
    await writing;
    const versions = events.map((event) => event.version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(490);
    expect(versions.at(-1)).toBe(502);
    expect(events.find((event) => event.version === 451)).toMatchObject({
      type: 'edited',
      message: { number: 450, body: 'edited' },
      by: { id: ana.id, name: 'Ana' },
    });
    expect(events.find((event) => event.version === 452)).toMatchObject({ type: 'deleted', message: { number: 449, body: null } });
    await reader.return?.();
  });

  test('hear a hundred messages that were written at once', async () => {
    const { say, listen } = await place();
    const reader = await listen(0);
    await say();
    await take(reader, 1);
    // Fewer bytes in all than may wait, and told in one piece.
    await Promise.all(Array.from({ length: 100 }, () => say('x'.repeat(400))));
    expect((await take(reader, 100)).at(-1)).toMatchObject({ type: 'posted', version: 101 });
    await reader.return?.();
  });

  test('hear of more than may wait at once, and of the channel itself, at their own pace', async () => {
    const { channel, who, say, listen } = await place();
    const bodies = Array.from({ length: 60 }, (_, i) => `${i} ${'x'.repeat(9000)}`);
    for (const body of bodies.slice(0, 30)) await say(body);
    await house.doors.conversations.change(who, { channel, name: 'renamed' });
    for (const body of bodies.slice(30)) await say(body);
    const reader = await listen(0);
    const events: ChannelEvent[] = [];
    while (events.length < 61) events.push(...(await take(reader, 1)));
    expect(events.flatMap((event) => (event.type === 'posted' ? [event.message.body] : []))).toEqual(bodies);
    expect(events.filter((event) => event.type === 'changed')).toMatchObject([{ version: 61, details: { name: 'renamed' } }]);
    await say('after');
    expect(await take(reader, 1)).toMatchObject([{ version: 62 }]);
    await reader.return?.();
  });

  test('hear from now on when no version is given', async () => {
    const { say, listen } = await place();
    await say();
    const reader = await listen();
    const first = reader.next();
    // It listens once the channel was read; what was said before is not told.
    for (let heard = false; !heard; ) {
      await say();
      heard = await Promise.race([first.then(() => true), new Promise<boolean>((go) => setTimeout(() => go(false), 20))]);
    }
    expect((await first).value).toMatchObject({ type: 'posted' });
    expect((await first).value.version).toBeGreaterThan(1);
    await reader.return?.();
  });

  test('end with a refusal for what is not there, and a waiting next ends with return', async () => {
    const nowhere = house.face.live.subscribe(await house.who(bo.token), { channel: '5' })[Symbol.asyncIterator]();
    await expect(nowhere.next()).rejects.toMatchObject({ code: 'not_found' });
    const { listen } = await place();
    const reader = await listen(0);
    const waiting = reader.next();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('[L9] end when access is taken away, and with the device', async () => {
    const { channel, who, say, listen } = await place();
    const reader = await listen(0);
    await say('for Bo');
    await take(reader, 1);
    await house.doors.conversations.change(who, { channel, visibility: 'private' });
    await say('not for Bo');
    const heard: ChannelEvent[] = [];
    await expect(
      (async () => {
        for (;;) heard.push(...(await take(reader, 1)));
      })(),
    ).rejects.toMatchObject({ code: 'forbidden' });
    expect(heard.some((event) => event.type === 'posted')).toBe(false);

    const cy = await house.someone('Cy');
    const mine = house.face.live.personal(await house.who(cy.token))[Symbol.asyncIterator]();
    const waiting = mine.next();
    await house.doors.accounts.signOut(await house.who(cy.token), {});
    await expect(waiting).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('[L10] one who does not read is ended with a code that says come back', async () => {
    const { say, listen } = await place();
    const reader = await listen(0);
    await say();
    await take(reader, 1);
    const before = await tooSlow();
    while ((await tooSlow()) === before) await say('x'.repeat(9000));
    await expect(take(reader, 1)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    const { say: speak, listen: hear } = await place();
    await speak();
    expect(await take(await hear(0), 1)).toHaveLength(1);
  });

  test('a broken feed ends what cannot be known to be whole, and fills the gap of a channel on the way back', async () => {
    const { say, listen } = await place();
    const reader = await listen(0);
    await say('one');
    await take(reader, 1);
    house.heard.broken();
    await say('two');
    const next = reader.next();
    house.heard.mended();
    await expect(next).rejects.toMatchObject({ code: 'unavailable' });
    expect(await take(await listen(1), 1)).toMatchObject([{ version: 2 }]);
  });

  test('tell of what concerns a person', async () => {
    const mine = house.face.live.personal(await house.who(bo.token))[Symbol.asyncIterator]();
    const first = mine.next();
    const { community } = await house.chat(ana.token);
    await house.doors.communities.join(await house.who(bo.token), { community });
    expect((await first).value).toMatchObject({ type: 'community_joined', community });
    await mine.return?.();
  });
});
