import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerFrame } from '../../../contracts/wire.ts';
import { parseEventId } from './places.ts';
import { openHouse, type SocketHouse } from './testing.ts';

let house: SocketHouse;
/** On the same database: answers after a second. */
let hasty: SocketHouse;
let ana: Awaited<ReturnType<SocketHouse['someone']>>;

beforeAll(async () => {
  house = await openHouse({ settings: { beatSeconds: 0.3 } });
  hasty = await openHouse({ settings: { pollSeconds: 1 }, beside: house });
  ana = await house.someone('Ana');
});
afterAll(async () => {
  await hasty.end();
  await house.end();
});

interface Stream {
  status: number;
  headers: Record<string, unknown>;
  frames: ServerFrame[];
  ids: string[];
  comments: number;
  ended: Promise<void>;
  next<T extends ServerFrame['type']>(type: T): Promise<Extract<ServerFrame, { type: T }>>;
  cut(): void;
}

function streamOf(query: string, headers: Record<string, string> = { authorization: `Bearer ${ana.token}` }): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = get(`${house.url}/v1/events${query}`, { headers, agent: false }, (response) => {
      const stream: Stream = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        frames: [],
        ids: [],
        comments: 0,
        ended: new Promise((done) => response.on('close', () => done())),
        async next(type) {
          for (;;) {
            const at = stream.frames.findIndex((frame) => frame.type === type);
            const [found] = at < 0 ? [] : stream.frames.splice(at, 1);
            if (found) return found as never;
            await new Promise((go) => setTimeout(go, 5));
          }
        },
        cut: () => request.destroy(),
      };
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => {});
      response.on('data', (more: string) => {
        text += more;
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) {
          for (const line of part.split('\n')) {
            if (line.startsWith('data: ')) stream.frames.push(JSON.parse(line.slice(6)));
            if (line.startsWith('id: ')) stream.ids.push(line.slice(4));
            if (line.startsWith(':')) stream.comments++;
          }
        }
      });
      resolve(stream);
    });
    request.on('error', reject);
  });
}

async function say(channel: string, body: string) {
  return house.doors.conversations.post(await house.who(ana.token), { channel, key: body.replaceAll(' ', '-'), body });
}

async function poll(query: string, at = house): Promise<ServerFrame[]> {
  const { status, body } = await at.ask('GET', `/v1/events?${query}`, { token: ana.token });
  expect(status).toBe(200);
  return body['frames'];
}

describe('server-sent events', () => {
  test('carry the frames of the socket', async () => {
    const { channel } = await house.chat(ana.token);
    await say(channel, 'one');
    const stream = await streamOf(`?join=${channel}:0`);
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(await stream.next('ready')).toMatchObject({ person: { id: ana.id } });
    expect(await stream.next('joined')).toMatchObject({ id: channel, version: 1, messages: [{ number: 1, body: 'one' }] });
    await say(channel, 'two');
    expect(await stream.next('events')).toMatchObject({ channel, events: [{ type: 'posted', version: 2 }] });
    stream.cut();
  });

  test('the id of the last event brings a browser back to where it was, in every channel', async () => {
    const [one, two] = [(await house.chat(ana.token)).channel, (await house.chat(ana.token)).channel];
    await say(one, 'a');
    const query = `?join=${one}:0,${two}:0`;
    const stream = await streamOf(query);
    await stream.next('joined');
    await stream.next('joined');
    await say(two, 'b');
    await stream.next('events');
    const last = stream.ids.at(-1) ?? '';
    stream.cut();
    const epoch = await house.doors.conversations.epoch();
    expect(parseEventId(last, epoch)).toEqual(
      expect.arrayContaining([
        { channel: one, since: 1 },
        { channel: two, since: 1 },
      ]),
    );
    await say(one, 'c');
    await house.hasTold();
    const back = await streamOf(query, { authorization: `Bearer ${ana.token}`, 'last-event-id': last });
    const answers = [await back.next('joined'), await back.next('joined')];
    expect(answers.flatMap((joined) => joined.messages.map((message) => message.body))).toEqual(['c']);
    back.cut();
    const afresh = await streamOf(query, { authorization: `Bearer ${ana.token}`, 'last-event-id': last.replace(/^[^/]*/, 'another') });
    const all = [await afresh.next('joined'), await afresh.next('joined')];
    expect(all.flatMap((joined) => joined.messages.map((message) => message.body)).sort()).toEqual(['a', 'b', 'c']);
    afresh.cut();
  });

  test('a token may come in the query, for browsers cannot send it otherwise, and is in no log line', async () => {
    const stream = await streamOf(`?token=${ana.token}`, {});
    await stream.next('ready');
    stream.cut();
    await stream.ended;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(JSON.stringify(house.lines)).not.toContain(ana.token);
  });

  test('say now and then that they are alive', async () => {
    const stream = await streamOf('');
    while (stream.comments === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    stream.cut();
  });

  test('[L9] end for what may no longer be read, and with the device', async () => {
    const { community, channel } = await house.chat(ana.token);
    const bo = await house.someone('Bo');
    await house.doors.communities.join(await house.who(bo.token), { community });
    const stream = await streamOf(`?join=${channel}:0`, { authorization: `Bearer ${bo.token}` });
    await stream.next('joined');
    await house.doors.conversations.change(await house.who(ana.token), { channel, visibility: 'private' });
    await say(channel, 'not for Bo');
    expect(await stream.next('left')).toMatchObject({ channel, code: 'forbidden' });
    expect(stream.frames.some((frame) => frame.type === 'events' && frame.events.some((event) => event.type === 'posted'))).toBe(false);
    await house.doors.accounts.signOut(await house.who(bo.token), {});
    expect(await stream.next('bye')).toMatchObject({ code: 'signed_out' });
    await stream.ended;
  });

  test('what was missed while the feed was broken is read for them', async () => {
    const { channel } = await house.chat(ana.token);
    const stream = await streamOf(`?join=${channel}:0`);
    await stream.next('joined');
    house.heard.broken();
    try {
      await say(channel, 'while broken');
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(stream.frames.filter((frame) => frame.type !== 'ready')).toEqual([]);
    } finally {
      house.heard.mended();
    }
    expect(await stream.next('joined')).toMatchObject({ messages: [{ body: 'while broken' }] });
    await stream.next('stale');
    stream.cut();
  });

  test.each([
    ['no token', '', {}, 401],
    ['a wrong token', '?token=wrong', {}, 401],
    ['an unknown field', '?channel=1', null, 400],
    ['places that are none', '?join=x', null, 400],
    ['too many places', `?join=${Array.from({ length: 101 }, (_, i) => i + 1).join(',')}`, null, 400],
  ])('%s is refused with a code', async (_what, query, headers, status) => {
    const stream = await streamOf(query, headers ?? { authorization: `Bearer ${ana.token}` });
    expect(stream.status).toBe(status);
    stream.cut();
  });
});

describe('long polling', () => {
  test('answers at once with what is newer, and begins with ready', async () => {
    const { channel } = await house.chat(ana.token);
    await say(channel, 'one');
    await house.hasTold();
    const frames = await poll(`poll=&join=${channel}`);
    expect(frames.map((frame) => frame.type)).toEqual(['ready', 'joined']);
    expect(frames[1]).toMatchObject({ channel: { id: channel }, version: 1, messages: [{ body: 'one' }] });
  });

  test('waits for the first that comes', async () => {
    const { channel } = await house.chat(ana.token);
    const epoch = await house.doors.conversations.epoch();
    const { conversations } = house.doors;
    const { entered } = conversations;
    const opened = Promise.withResolvers<void>();
    conversations.entered = (...asked) => entered(...asked).finally(opened.resolve);
    const waiting = poll(`poll=${epoch}&join=${channel}:0`);
    await opened.promise;
    conversations.entered = entered;
    await say(channel, 'one');
    expect(await waiting).toMatchObject([{ type: 'events', channel, events: [{ version: 1 }] }]);
    expect(await poll(`poll=${epoch}&join=${channel}:0`)).toMatchObject([{ type: 'joined', version: 1, messages: [{ body: 'one' }] }]);
  });

  test('answers empty when nothing comes', async () => {
    const { channel } = await house.chat(ana.token);
    const epoch = await house.doors.conversations.epoch();
    expect(await poll(`poll=${epoch}&join=${channel}:0`, hasty)).toEqual([]);
  });

  test('tells of what may not be read, and [L13] starts afresh for another epoch', async () => {
    const { channel } = await house.chat(ana.token);
    await say(channel, 'one');
    await house.hasTold();
    const epoch = await house.doors.conversations.epoch();
    expect(await poll(`poll=${epoch}&join=5:0`)).toMatchObject([{ type: 'error', id: '5', code: 'not_found' }]);
    expect((await poll(`poll=another&join=${channel}:1`)).map((frame) => frame.type)).toEqual(['ready', 'joined']);
  });
});
