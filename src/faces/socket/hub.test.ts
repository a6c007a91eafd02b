import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { PlazaError } from '../../../contracts/errors.ts';
import type { AccessEvent, ChannelEvent } from '../../../contracts/events.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { ServerFrame } from '../../../contracts/wire.ts';
import type { Who } from '../../domains/policy/index.ts';
import { createLogger } from '../../kit/log.ts';
import { createHub, type Hub } from './hub.ts';
import { type Client, type Heard, mostOfOne } from './registry.ts';

const silent = createLogger({ level: 'silent', format: 'json' });
const hubs: Hub[] = [];
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.stop();
});

type Said = ServerFrame | { type: 'end'; code: string } | { type: 'relist' };

/** However slow the machine is: a slice of a round writes to eight clients. */
const inParts = { sliceMs: 0, roundMs: 0 };

/** A hub on a scripted database: who is kept out of which channel, and where logs end. */
function scripted({ slowTickMs = 3, sliceMs = 3, roundMs = 2 } = {}) {
  const world = {
    out: new Set<string>(),
    heads: new Map<Id, Head>(),
    /** Questions wait while this is set. */
    gate: null as Promise<void> | null,
    away: false,
    asked: 0,
    /** Events that were written to somebody who was to get none. */
    leaks: 0,
  };
  async function answer<T>(value: () => T): Promise<T> {
    // What is read is the state at the moment of the question.
    const read = value();
    world.asked++;
    await world.gate;
    if (world.away) throw new Error('away');
    return read;
  }
  const hub = createHub({
    conversations: {
      mayRead: (asks) => answer(() => asks.map(({ who, channel }) => !world.out.has(`${who.person?.id} ${channel}`))),
      heads: (ids) => answer(() => ids.map((id) => world.heads.get(id) ?? null)),
    },
    logger: silent,
    timing: { shortestTickMs: 1, roundMs, sliceMs, slowTickMs },
  });
  hubs.push(hub);
  let version = 0;
  return {
    hub,
    world,
    posted(channel: Id, at?: number): Heard {
      version = at ?? version + 1;
      const event = { type: 'pinned', channel, version, number: 1, pinnedAt: null } as unknown as ChannelEvent;
      return { topic: { kind: 'channel', channel, version, number: version }, bytes: Buffer.from(JSON.stringify(event)) };
    },
    enter(person: Id, more: Partial<Who> = {}) {
      const who: Who = {
        application: '1',
        role: 'member',
        person: { id: person, handle: person, name: person, bot: false, avatar: null },
        account: `4${person}`,
        device: `7${person}`,
        scopes: [],
        address: '::1',
        ...more,
      };
      const said: Said[] = [];
      const identity = { answer: who as Who | PlazaError };
      const client: Client = hub.enter(who, {
        write(packets) {
          for (const { json } of packets) {
            const frame: ServerFrame = JSON.parse(json.toString());
            if (frame.type === 'events' && (client.muted || client.watches.get(frame.channel)?.state !== 'open')) world.leaks++;
            said.push(frame);
          }
        },
        hints: () => true,
        personal: (bytes) => said.push({ type: 'personal', event: JSON.parse(bytes.toString()) }),
        behind: (heads) => said.push({ type: 'head', heads }),
        left: (channel, code) => said.push({ type: 'left', channel, code }),
        relist: () => said.push({ type: 'relist' }),
        stale: () => said.push({ type: 'stale' }),
        end(code) {
          said.push({ type: 'end', code });
          hub.leave(client);
        },
        async identify() {
          if (identity.answer instanceof PlazaError) throw identity.answer;
          return identity.answer;
        },
      });
      return { client, said, identity, versions: () => versionsOf(said) };
    },
    open(client: Client, channel: Id, at = 0, community: Id | null = null) {
      const watch = hub.hold(client, channel);
      hub.open(watch, { version: at, number: at, community });
      return watch;
    },
  };
}

function versionsOf(said: Said[]): number[] {
  return said.flatMap((frame) => (frame.type === 'events' ? frame.events.map((event) => event.version) : []));
}

function access(event: Omit<AccessEvent, 'type'>): Heard {
  return { topic: { kind: 'access' }, bytes: Buffer.from(JSON.stringify({ type: 'access', ...event })) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Long enough for ticks and questions that should come to nothing. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 40));

describe('delivery', () => {
  test('[L6] events of a tick come in one frame, in order of version, to those who watch and to nobody else', async () => {
    const { hub, posted, enter, open } = scripted();
    const ana = enter('1');
    const bo = enter('2');
    open(ana.client, '10');
    open(bo.client, '11');
    hub.events([posted('10'), posted('10'), posted('10')]);
    await until(() => ana.said.length > 0);
    expect(ana.said).toHaveLength(1);
    expect(ana.versions()).toEqual([1, 2, 3]);
    await quiet();
    expect(bo.said).toEqual([]);
  });

  test('the same bytes serve everybody who watches', async () => {
    const { hub, posted, enter, open } = scripted();
    const packets: unknown[] = [];
    for (const person of ['1', '2', '3']) {
      const { client } = enter(person);
      open(client, '10');
      client.receiver.write = (given) => packets.push(...given);
    }
    hub.events([posted('10')]);
    await until(() => packets.length === 3);
    expect(new Set(packets).size).toBe(1);
  });

  test('while thousands are written to all else has its turn, and what comes then is given along to those who wait', async () => {
    const { hub, posted, enter, open } = scripted(inParts);
    const all = Array.from({ length: 40 }, (_, i) => enter(String(i + 1)));
    for (const { client } of all) open(client, '10');
    hub.events([posted('10')]);
    while (all.every(({ said }) => said.length === 0)) await new Promise((resolve) => setImmediate(resolve));
    const early = all.filter(({ said }) => said.length > 0).length;
    expect(early).toBeLessThan(20);
    hub.events([posted('10')]);
    await until(() => all.every(({ versions }) => versions().length === 2));
    for (const { versions } of all) expect(versions()).toEqual([1, 2]);
    expect(all.filter(({ said }) => said.length === 1)).toHaveLength(all.length - early);
  });

  test('a small channel does not wait for a large one', async () => {
    const { hub, posted, enter, open } = scripted(inParts);
    const all = Array.from({ length: 200 }, (_, i) => enter(String(i + 1)));
    for (const { client } of all) open(client, '10');
    const ana = enter('300');
    open(ana.client, '11');
    hub.events([posted('10')]);
    while (all.every(({ said }) => said.length === 0)) await new Promise((resolve) => setImmediate(resolve));
    hub.events([posted('11')]);
    while (ana.said.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(all.filter(({ said }) => said.length > 0).length).toBeLessThan(100);
    await until(() => all.every(({ said }) => said.length === 1));
  });

  test('[L6] [L9] [L12] whatever happens between its parts, a round gives everybody all in order, or tells where the channel stands', async () => {
    const doing = fc.oneof(
      { weight: 4, arbitrary: fc.record({ what: fc.constant('post' as const), which: fc.nat(1) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          what: fc.constantFrom('doubt' as const, 'bar' as const, 'look up' as const, 'come' as const, 'open' as const),
          which: fc.nat(29),
        }),
      },
      { weight: 3, arbitrary: fc.record({ what: fc.constant('wait' as const), which: fc.nat(2) }) },
    );
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await fc.assert(
      fc.asyncProperty(fc.array(doing, { minLength: 5, maxLength: 60 }), async (list) => {
        const { hub, world, posted, enter, open } = scripted(inParts);
        const ends = new Map<Id, number>();
        const end = (channel: Id) => ends.get(channel) ?? 0;
        const join = (i: number) => {
          const one = { ...enter(String(i + 1)), from: new Map(ends) };
          for (const channel of i % 3 === 0 ? ['10', '11'] : ['10']) open(one.client, channel, end(channel));
          return one;
        };
        const all = Array.from({ length: 30 }, (_, i) => join(i));
        for (const { what, which } of list) {
          const one = all[which];
          const isBarred = world.out.has(`${which + 1} 10`);
          if (what === 'post') {
            const channel = which === 0 ? '10' : '11';
            ends.set(channel, end(channel) + 1);
            hub.events([posted(channel, end(channel))]);
          } else if (what === 'doubt' || what === 'bar') {
            if (what === 'bar') world.out.add(`${which + 1} 10`);
            hub.events([access({ channel: '10', person: String(which + 1) })]);
          } else if (what === 'look up') hub.events([access({ account: `4${which + 1}` })]);
          else if (what === 'come' && !isBarred) all.push(join(which));
          else if (what === 'open' && one && !isBarred) {
            const watch = hub.hold(one.client, '10');
            await turn();
            one.from.set('10', end('10'));
            hub.open(watch, { version: end('10'), number: end('10'), community: null });
          } else for (let i = 0; i <= which % 3; i++) await turn();
        }
        const missing = () =>
          all.flatMap(({ client, said, from }) =>
            [...client.watches.values()].flatMap(({ room: { channel } }) => {
              const events = said.flatMap((frame) => (frame.type === 'events' && frame.channel === channel ? frame.events : []));
              const versions = events.map(({ version }) => version);
              expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
              const heads = said.flatMap((frame) => (frame.type === 'head' ? frame.heads.filter((head) => head.channel === channel) : []));
              const known = Math.max(from.get(channel) ?? 0, ...heads.map(({ version }) => version));
              return Array.from({ length: end(channel) - known }, (_, i) => known + 1 + i).filter((version) => !versions.includes(version));
            }),
          );
        await expect.poll(missing).toEqual([]);
        await quiet();
        expect(missing()).toEqual([]);
        expect(world.leaks).toBe(0);
        hub.stop();
      }),
      { numRuns: 30 },
    );
  });

  test('who follows hears where the channel stands, gathered, and only while it is not open', async () => {
    const { hub, posted, enter, open } = scripted();
    const ana = enter('1');
    hub.setLists(ana.client, { communities: [], channels: [{ channel: '10', number: 0, version: 0, community: null }] }, hub.news());
    hub.events([posted('10'), posted('10')]);
    await until(() => ana.said.length > 0);
    expect(ana.said).toEqual([{ type: 'head', heads: [{ channel: '10', number: 2, version: 2 }] }]);
    open(ana.client, '10', 2);
    hub.events([posted('10')]);
    await quiet();
    expect(ana.said.slice(1).map((frame) => frame.type)).toEqual(['events']);
  });

  test('many who follow are told in parts; who leaves meanwhile, or may not read it any more, is not told', async () => {
    const { hub, posted, enter } = scripted({ slowTickMs: 50 });
    const all = Array.from({ length: 450 }, (_, i) => enter(String(i + 1)));
    const list = { communities: [], channels: [{ channel: '10', number: 0, version: 0, community: null }] };
    for (const { client } of all) hub.setLists(client, list, hub.news());
    hub.events([posted('10')]);
    await until(() => all.some(({ said }) => said.length > 0));
    const late = all.filter(({ said }) => said.length === 0);
    expect(late.length).toBeGreaterThan(100);
    const [gone, out, open] = late.slice(-3);
    if (!gone || !out || !open) throw new Error('Nobody waits.');
    hub.leave(gone.client);
    hub.setLists(out.client, { communities: [], channels: [] }, hub.news());
    // What is written to somebody anyway takes along what else there is to tell.
    hub.open(hub.hold(open.client, '11'), { version: 1, number: 1, community: null });
    hub.events([posted('11')]);
    await until(() => open.said.length > 0);
    expect(open.said.map((frame) => frame.type)).toEqual(['events', 'head']);
    await until(() => all.filter(({ said }) => said.length > 0).length === all.length - 2);
    await quiet();
    const head = { type: 'head', heads: [{ channel: '10', number: 1, version: 1 }] };
    expect([gone.said, out.said]).toEqual([[], []]);
    for (const { said } of all.filter((one) => ![gone, out, open].includes(one))) expect(said).toEqual([head]);
  });

  test('a list read before the feed told of a newer version is made good by a head', () => {
    const { hub, posted, enter } = scripted();
    hub.events([posted('10', 5)]);
    const ana = enter('1');
    hub.setLists(ana.client, { communities: [], channels: [{ channel: '10', number: 4, version: 4, community: null }] }, hub.news());
    expect(ana.said).toMatchObject([{ type: 'head', heads: [{ channel: '10', version: 5 }] }]);
  });

  test('typing goes to others who have the channel open', async () => {
    const { hub, enter, open } = scripted();
    const ana = enter('1');
    const bo = enter('2');
    for (const { client } of [ana, bo]) open(client, '10');
    hub.events([{ topic: { kind: 'hint', about: '10' }, bytes: Buffer.from('{"type":"typing","channel":"10","person":{"id":"1"}}') }]);
    await until(() => bo.said.length > 0);
    expect(bo.said).toEqual([{ type: 'typing', channel: '10', person: { id: '1' } }]);
    expect(ana.said).toEqual([]);
  });

  test('an event that is not what it should be does not keep the others from being heard', async () => {
    const { hub, posted, enter, open } = scripted();
    const ana = enter('1');
    open(ana.client, '10');
    hub.events([{ topic: { kind: 'access' }, bytes: Buffer.from('{') }, posted('10')]);
    await until(() => ana.said.length > 0);
    expect(ana.versions()).toEqual([1]);
  });
});

describe('opening', () => {
  test('[L12] what comes while the snapshot is read is held, and what the snapshot has already is left out', async () => {
    const { hub, posted, enter } = scripted();
    const ana = enter('1');
    const watch = hub.hold(ana.client, '10');
    hub.events([posted('10'), posted('10'), posted('10')]);
    await quiet();
    expect(ana.said).toEqual([]);
    hub.open(watch, { version: 2, number: 2, community: null });
    hub.events([posted('10')]);
    await until(() => ana.versions().length === 2);
    expect(ana.versions()).toEqual([3, 4]);
  });

  test('[L12] events of the running tick are given once, whether the snapshot had them or not', async () => {
    const { hub, posted, enter, open } = scripted();
    const bo = enter('2');
    open(bo.client, '10');
    const ana = enter('1');
    hub.events([posted('10')]);
    const watch = hub.hold(ana.client, '10');
    hub.events([posted('10'), posted('10')]);
    hub.open(watch, { version: 2, number: 2, community: null });
    hub.events([posted('10')]);
    await until(() => bo.versions().length === 4 && ana.versions().length === 2);
    expect(ana.versions()).toEqual([3, 4]);
  });

  test('[L12] when more came than is held, the client is told to sync', async () => {
    const { hub, posted, enter } = scripted();
    const ana = enter('1');
    const watch = hub.hold(ana.client, '10');
    for (let i = 0; i < 1500; i++) hub.events([posted('10')]);
    await quiet();
    hub.open(watch, { version: 3, number: 3, community: null });
    expect(ana.said).toMatchObject([{ type: 'head', heads: [{ channel: '10', version: 1500 }] }]);
  });

  test('[L12] a snapshot that does not show yet what the feed told of before is made good by a head', () => {
    const { hub, posted, enter, open } = scripted();
    hub.events([posted('10', 7)]);
    const ana = enter('1');
    open(ana.client, '10', 6);
    expect(ana.said).toMatchObject([{ type: 'head', heads: [{ channel: '10', version: 7 }] }]);
  });
});

describe('[L9] access', () => {
  const taken: [string, Omit<AccessEvent, 'type'>][] = [
    ['a channel for everyone', { channel: '10' }],
    ['a channel for one person', { channel: '10', person: '1' }],
    ['a community for everyone', { community: '50' }],
    ['a community for one person', { community: '50', person: '1' }],
    ['a person everywhere', { person: '1' }],
    ['an account', { account: '41' }],
    ['an application', { application: '1' }],
  ];

  test.each(taken)('of %s: nothing later passes, not even in the same batch, until it is looked up; then it ends', async (_what, event) => {
    const { hub, world, posted, enter, open } = scripted();
    const ana = enter('1');
    open(ana.client, '10', 0, '50');
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    world.out.add('1 10');
    hub.events([posted('10'), access(event), posted('10')]);
    hub.events([posted('10')]);
    await quiet();
    expect(ana.versions().every((version) => version < 2)).toBe(true);
    gate.resolve();
    await until(() => ana.said.some((frame) => frame.type === 'left'));
    expect(ana.said.at(-1)).toEqual({ type: 'left', channel: '10', code: 'forbidden' });
    hub.events([posted('10')]);
    await quiet();
    expect(ana.versions().every((version) => version < 2)).toBe(true);
    expect(ana.client.watches.size).toBe(0);
  });

  test.each(taken)('of %s: who may still read goes on, and is told what moved meanwhile', async (_what, event) => {
    const { hub, posted, enter, open } = scripted();
    const ana = enter('1');
    open(ana.client, '10', 0, '50');
    hub.events([access(event), posted('10')]);
    await until(() => ana.said.some((frame) => frame.type === 'head' || frame.type === 'events'));
    await quiet();
    hub.events([posted('10')]);
    await until(() => ana.versions().includes(2));
    const heads = ana.said.flatMap((frame) => (frame.type === 'head' ? frame.heads : []));
    expect(ana.versions().includes(1) || heads.some((head) => head.version >= 1)).toBe(true);
    expect(ana.said.some((frame) => frame.type === 'left')).toBe(false);
  });

  test('others are not disturbed', async () => {
    const { hub, world, posted, enter, open } = scripted();
    const ana = enter('1');
    const bo = enter('2');
    for (const { client } of [ana, bo]) open(client, '10', 0, '50');
    world.out.add('1 10');
    hub.events([access({ channel: '10', person: '1' }), posted('10')]);
    await until(() => bo.versions().length === 1 && ana.said.length > 0);
    expect(ana.versions()).toEqual([]);
    expect(bo.said.map((frame) => frame.type)).toEqual(['events']);
  });

  test('a second change while the first is being looked up is looked up too', async () => {
    const { hub, world, posted, enter, open } = scripted();
    const ana = enter('1');
    open(ana.client, '10');
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    hub.events([access({ channel: '10', person: '1' })]);
    await until(() => world.asked === 1);
    // The first answer was "may", and is not on time any more.
    world.out.add('1 10');
    hub.events([access({ channel: '10' }), posted('10')]);
    gate.resolve();
    await until(() => ana.said.length > 0);
    expect(ana.said).toEqual([{ type: 'left', channel: '10', code: 'forbidden' }]);
  });

  test('a change while the snapshot is read keeps the channel shut until it is looked up', async () => {
    const { hub, world, posted, enter } = scripted();
    const ana = enter('1');
    const watch = hub.hold(ana.client, '10');
    world.out.add('1 10');
    hub.events([access({ community: '50', person: '1' }), posted('10')]);
    hub.open(watch, { version: 0, number: 0, community: '50' });
    await until(() => ana.said.some((frame) => frame.type === 'left'));
    expect(ana.versions()).toEqual([]);
  });

  test('opening again does not get around a change that is being looked up', async () => {
    const { hub, world, posted, enter, open } = scripted();
    const ana = enter('1');
    open(ana.client, '10');
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    world.out.add('1 10');
    hub.events([access({ channel: '10' })]);
    open(ana.client, '10');
    hub.events([posted('10')]);
    gate.resolve();
    await until(() => ana.said.some((frame) => frame.type === 'left'));
    await quiet();
    expect(ana.versions()).toEqual([]);
  });

  test('heads of a channel end with the membership', async () => {
    const { hub, world, posted, enter } = scripted();
    const ana = enter('1');
    hub.setLists(ana.client, { communities: ['50'], channels: [{ channel: '10', number: 0, version: 0, community: '50' }] }, hub.news());
    world.out.add('1 10');
    hub.events([access({ community: '50', person: '1' }), posted('10')]);
    await until(() => ana.said.some((frame) => frame.type === 'left'));
    hub.events([posted('10')]);
    hub.events([
      {
        topic: { kind: 'community', community: '50' },
        bytes: Buffer.from('{"type":"channel_created","channel":{"id":"11","kind":"chat","visibility":"public"}}'),
      },
    ]);
    await quiet();
    expect(ana.said.some((frame) => frame.type === 'head' || frame.type === 'personal')).toBe(false);
    expect(ana.said.some((frame) => frame.type === 'relist')).toBe(true);
  });

  test('what a community was told before its member heard of it is known to be missed', () => {
    const { hub, enter } = scripted();
    const created = (community: Id) => ({
      topic: { kind: 'community' as const, community },
      bytes: Buffer.from('{"type":"channel_created","channel":{"id":"11","kind":"chat","visibility":"public"}}'),
    });
    const ana = enter('1');
    hub.events([created('50')]);
    const since = hub.news();
    expect(hub.setLists(ana.client, { communities: ['50'], channels: [] }, since)).toEqual([]);
    hub.events([created('50'), created('60')]);
    // The one it heard; the other not.
    expect(ana.said).toHaveLength(1);
    expect(hub.setLists(ana.client, { communities: ['50', '70'], channels: [] }, since)).toEqual([]);
    expect(hub.setLists(ana.client, { communities: ['50', '60', '70'], channels: [] }, since)).toEqual(['60']);
    expect(hub.setLists(ana.client, { communities: ['50', '60', '70'], channels: [] }, since)).toEqual([]);
    expect(hub.retell(ana.client, ['60'], since)).toBe(true);
    expect(ana.said).toHaveLength(2);
    hub.events(Array.from({ length: 1000 }, () => created('70')));
    expect(hub.retell(ana.client, ['60'], since)).toBe(false);
  });

  test('lists that were read before a channel was created do not take it away', () => {
    const { hub, posted, enter } = scripted();
    const ana = enter('1');
    hub.setLists(ana.client, { communities: ['50'], channels: [] }, hub.news());
    const bytes = Buffer.from('{"type":"channel_created","channel":{"id":"11","kind":"chat","visibility":"public"}}');
    hub.events([{ topic: { kind: 'community', community: '50' }, bytes }]);
    hub.setLists(ana.client, { communities: ['50'], channels: [] }, hub.news());
    hub.events([posted('11')]);
    expect([...ana.client.follows].map((room) => room.channel)).toEqual(['11']);
    // Who left the community follows nothing of it.
    hub.setLists(ana.client, { communities: [], channels: [] }, hub.news());
    expect(ana.client.follows.size).toBe(0);
  });

  test('a device that is signed out is gone at once', async () => {
    const { hub, posted, enter, open } = scripted();
    const ana = enter('1');
    const other = enter('1', { device: '99' });
    for (const { client } of [ana, other]) open(client, '10');
    hub.events([access({ device: '71' }), posted('10')]);
    expect(ana.said).toEqual([{ type: 'end', code: 'signed_out' }]);
    await until(() => other.versions().length === 1);
    expect(ana.said).toHaveLength(1);
  });

  test('an account that is no longer let in is gone', async () => {
    const { hub, posted, enter, open } = scripted();
    const ana = enter('1');
    open(ana.client, '10');
    ana.identity.answer = new PlazaError('unauthenticated');
    hub.events([access({ account: '41' }), posted('10')]);
    await until(() => ana.said.length > 0);
    expect(ana.said).toEqual([{ type: 'end', code: 'signed_out' }]);
  });

  test('while the database is away nobody gets anything, and afterwards everybody what is theirs', async () => {
    const { hub, world, posted, enter, open } = scripted();
    const ana = enter('1');
    open(ana.client, '10');
    world.away = true;
    hub.events([access({ channel: '10' }), posted('10')]);
    await quiet();
    expect(ana.said).toEqual([]);
    world.away = false;
    await until(() => ana.said.length > 0);
    expect(ana.said).toMatchObject([{ type: 'head', heads: [{ channel: '10', version: 1 }] }]);
  });

  test('lists read before a change are known to be old', () => {
    const { hub, enter } = scripted();
    const ana = enter('1');
    const bo = enter('2');
    const before = [hub.stamp(ana.client), hub.stamp(bo.client)];
    hub.events([access({ community: '50', person: '1' })]);
    expect(hub.stamp(ana.client)).not.toBe(before[0]);
    expect(hub.stamp(bo.client)).toBe(before[1]);
    hub.events([access({ channel: '10' })]);
    expect(hub.stamp(bo.client)).not.toBe(before[1]);
  });
});

describe('a broken feed', () => {
  function brokenWorld() {
    const made = scripted();
    const head = (channel: Id, version: number) => made.world.heads.set(channel, { channel, number: version, version });
    return { ...made, head };
  }

  test('when it is mended exactly those are told whose channels moved', async () => {
    const { hub, head, enter, open } = brokenWorld();
    const watching = enter('1');
    const still = enter('2');
    const following = enter('3');
    open(watching.client, '10', 4);
    open(still.client, '11', 4);
    hub.setLists(
      following.client,
      {
        communities: [],
        channels: [
          { channel: '10', number: 4, version: 4, community: null },
          { channel: '11', number: 4, version: 4, community: null },
        ],
      },
      hub.news(),
    );
    hub.broken();
    head('10', 6);
    head('11', 4);
    hub.mended();
    await until(() => [watching, still, following].every(({ said }) => said.some((frame) => frame.type === 'stale')));
    const moved = { type: 'head', heads: [{ channel: '10', number: 6, version: 6 }] };
    expect(watching.said).toEqual([moved, { type: 'stale' }]);
    expect(still.said).toEqual([{ type: 'stale' }]);
    expect(following.said).toEqual([moved, { type: 'stale' }]);
  });

  test('[L9] what access was lost meanwhile ends before anything passes', async () => {
    const { hub, world, head, posted, enter, open } = brokenWorld();
    const ana = enter('1');
    const bo = enter('2');
    for (const { client } of [ana, bo]) open(client, '10', 4);
    hub.broken();
    head('10', 4);
    world.out.add('1 10');
    bo.identity.answer = new PlazaError('unauthenticated');
    hub.mended();
    hub.events([posted('10', 5)]);
    await until(() => ana.said.some((frame) => frame.type === 'stale') && bo.said.length > 0);
    await quiet();
    expect(ana.said).toEqual([{ type: 'left', channel: '10', code: 'forbidden' }, { type: 'stale' }]);
    expect(bo.said).toEqual([{ type: 'end', code: 'signed_out' }]);
  });

  test('what comes between mending and being looked up is not lost', async () => {
    const { hub, world, head, posted, enter, open } = brokenWorld();
    const ana = enter('1');
    const bo = enter('2');
    open(ana.client, '10', 4);
    hub.setLists(bo.client, { communities: [], channels: [{ channel: '10', number: 4, version: 4, community: null }] }, hub.news());
    hub.broken();
    head('10', 4);
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    hub.mended();
    hub.events([posted('10', 5)]);
    await quiet();
    expect([...ana.said, ...bo.said]).toEqual([]);
    gate.resolve();
    await until(() => [ana, bo].every(({ said }) => said.some((frame) => frame.type === 'stale')));
    for (const { said } of [ana, bo]) expect(said[0]).toMatchObject({ type: 'head', heads: [{ channel: '10', version: 5 }] });
  });

  test('who comes while it is broken, and what was opened then, is told too', async () => {
    const { hub, head, enter, open } = brokenWorld();
    hub.broken();
    const ana = enter('1');
    open(ana.client, '10', 5);
    head('10', 6);
    hub.mended();
    await until(() => ana.said.some((frame) => frame.type === 'stale'));
    expect(ana.said[0]).toMatchObject({ type: 'head', heads: [{ channel: '10', version: 6 }] });
  });

  test('a second break before all were told loses nobody', async () => {
    const { hub, world, head, posted, enter, open } = brokenWorld();
    const ana = enter('1');
    const bo = enter('2');
    open(ana.client, '10', 4);
    hub.setLists(bo.client, { communities: [], channels: [{ channel: '10', number: 4, version: 4, community: null }] }, hub.news());
    hub.broken();
    head('10', 6);
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    hub.mended();
    hub.events([posted('10', 7)]);
    hub.broken();
    gate.resolve();
    await quiet();
    expect([...ana.said, ...bo.said]).toEqual([]);
    head('10', 7);
    hub.mended();
    await until(() => [ana, bo].every(({ said }) => said.some((frame) => frame.type === 'stale')));
    for (const { said } of [ana, bo])
      expect(said).toMatchObject([{ type: 'head', heads: [{ channel: '10', version: 7 }] }, { type: 'stale' }]);
  });

  test('an account event in the middle of it waits for the mending', async () => {
    const { hub, world, head, enter, open } = brokenWorld();
    const ana = enter('1');
    open(ana.client, '10', 4);
    hub.broken();
    head('10', 6);
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    hub.mended();
    hub.events([access({ account: '41' })]);
    await quiet();
    gate.resolve();
    await until(() => ana.said.some((frame) => frame.type === 'stale'));
    expect(ana.said).toMatchObject([{ type: 'head', heads: [{ channel: '10', version: 6 }] }, { type: 'stale' }]);
  });
});

test('one person takes so many places and no more, and leaves them to nobody else', () => {
  const { hub, enter } = scripted();
  const mine = Array.from({ length: mostOfOne }, () => enter('1'));
  expect(() => enter('1')).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
  enter('2');
  const [first] = mine;
  if (first) hub.leave(first.client);
  enter('1');
  const guests = { role: 'guest', person: null, account: null, device: null } as const;
  for (let i = 0; i < mostOfOne; i++) enter('0', { ...guests, address: '192.0.2.1' });
  expect(() => enter('0', { ...guests, address: '192.0.2.1' })).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
  enter('0', { ...guests, address: '192.0.2.2' });
});
