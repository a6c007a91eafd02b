import { createHeads } from './heads.ts';
import { eventsPacket, type Packet, packetOf } from './packet.ts';
import { type Client, type Heard, type Registry, type Room, versionOf, type Watch } from './registry.ts';

export interface DeliveryTiming {
  /** Gather so long at least while busy; an event that comes after a pause goes out at once. */
  shortestTickMs: number;
  /**
   * Rounds begin so far apart; sooner, when a pause as long as the last one took is over. After one that took longer than
   * that the pause is a quarter of it, and no longer than this.
   */
  roundMs: number;
  /** A round writes so long, or as long as all else took since it wrote last (up to `roundMs`), before all else has another turn. */
  sliceMs: number;
  /** Heads and hints are gathered so long. */
  slowTickMs: number;
  /** When telling them takes long. */
  longestSlowTickMs: number;
}

export const defaultTiming: DeliveryTiming = { shortestTickMs: 5, roundMs: 20, sliceMs: 3, slowTickMs: 100, longestSlowTickMs: 1000 };

/** How often it looks at the clock, in clients. */
const slicePart = 8;
/** Who watches a channel, when these are few: they are written to within a millisecond. */
const few = 50;
/** Heads are told in parts, so far apart and with so many clients at least, spread over the slow tick. */
const partMs = 10;
const smallestPart = 100;
/** While a client's snapshot is read so much is held for it; beyond that it is told to sync. */
const heldEvents = 1000;
const heldBytes = 1024 * 1024;

export interface DeliveryCounts {
  deliveries: number;
  flushes: number;
  /** How long events are gathered at present. */
  tickMs: number;
}

/** A round that has begun. */
interface Running {
  round: Generator<void, void>;
  wroteAt: number;
  /** In ms, its slices alone. */
  took: number;
}

export type Delivery = ReturnType<typeof createDelivery>;

/**
 * Brings events to those who watch: bytes that are made once, and one write to each client in a round. A round goes in
 * slices, so that thousands of writes keep nothing else waiting; what comes meanwhile is given along to those whose turn is
 * yet to come. Between rounds events gather for a tick.
 */
export function createDelivery({
  registry,
  timing,
  onFlush,
}: {
  registry: Registry;
  timing: DeliveryTiming;
  onFlush: (ms: number) => void;
}) {
  const counts: DeliveryCounts = { deliveries: 0, flushes: 0, tickMs: timing.shortestTickMs };
  const moving = new Set<Room>();
  const heads = createHeads();
  const talkative = new Set<Room>();
  const touched: Client[] = [];
  let scheduled: NodeJS.Immediate | NodeJS.Timeout | null = null;
  let slow: NodeJS.Timeout | null = null;
  let running: Running | null = null;
  let endedAt = 0;
  let slowMs = timing.slowTickMs;
  /** Clients in a part of the heads, and what telling them took since the last slow tick, in ms. */
  let part = smallestPart;
  let slowSpent = 0;

  function touch(client: Client, packet: Packet): void {
    if (client.outbox.push(packet) === 1) touched.push(client);
  }

  function write(client: Client): void {
    const late = heads.take(client);
    if (late) client.outbox.push(late);
    counts.deliveries += client.outbox.length;
    if (!client.gone) client.receiver.write(client.outbox);
    client.outbox.length = 0;
  }

  function writeAll(): void {
    for (const client of touched) write(client);
    touched.length = 0;
  }

  /** Adds the events of its channel that the watch has not been given to what its client is written. */
  function give(watch: Watch): void {
    const { room } = watch;
    const [first] = room.pending;
    const last = room.pending.at(-1);
    if (!first || !last || watch.state !== 'open' || watch.version >= versionOf(last)) return;
    const after = Math.max(watch.version, versionOf(first) - 1);
    let packet = room.packets.get(after);
    if (!packet) {
      packet = eventsPacket(room.channel, newer(room.pending, after));
      room.packets.set(after, packet);
    }
    watch.client.outbox.push(packet);
    watch.version = versionOf(last);
  }

  /** Writes to those who watch the channel, one at a time. */
  function* through(room: Room): Generator<void, void> {
    for (const watch of room.watches) {
      const { client } = watch;
      if (client.muted) continue;
      give(watch);
      if (client.outbox.length === 0) continue;
      if (client.watches.size > 1) for (const other of client.watches.values()) give(other);
      write(client);
      yield;
    }
    forget(room);
  }

  /** Channels with few who watch do not wait for those with thousands. */
  function* round(): Generator<void, void> {
    const rooms = [...moving];
    moving.clear();
    for (const room of rooms) if (room.watches.size <= few) yield* through(room);
    for (const room of rooms) if (room.watches.size > few) yield* through(room);
  }

  /** The same for channels that moved since the last slice. */
  function letPass(): void {
    for (const room of [...moving]) {
      if (room.watches.size > few) continue;
      moving.delete(room);
      const all = through(room);
      while (all.next().done !== true);
    }
  }

  /** Of a channel's events those that everybody has; a watch that opens again behind the round's back may lack some. */
  function forget(room: Room): void {
    const last = room.pending.at(-1);
    if (!last) return;
    let all = versionOf(last);
    for (const { state, client, version } of room.watches) if (state === 'open' && !client.muted && version < all) all = version;
    room.pending = newer(room.pending, all);
    room.packets.clear();
    if (room.pending.length > 0) moving.add(room);
  }

  function slice(): void {
    const started = performance.now();
    if (running) letPass();
    running ??= { round: round(), wroteAt: started, took: 0 };
    const until = started + Math.max(timing.sliceMs, Math.min(timing.roundMs, started - running.wroteAt));
    let done = false;
    for (let i = 1; !done && (i % slicePart > 0 || performance.now() < until); i++) done = running.round.next().done === true;
    running.wroteAt = performance.now();
    running.took += running.wroteAt - started;
    if (done) endRound(running);
    else scheduled = setImmediate(slice);
  }

  function endRound({ wroteAt, took }: Running): void {
    running = scheduled = null;
    endedAt = wroteAt;
    counts.flushes++;
    const { shortestTickMs, roundMs } = timing;
    counts.tickMs = Math.max(shortestTickMs, Math.min(took, roundMs - took), Math.min(took / 4, roundMs));
    onFlush(took);
    if (moving.size > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    const wait = endedAt + counts.tickMs - performance.now();
    scheduled = wait <= 0 ? setImmediate(slice) : setTimeout(slice, wait);
  }

  function scheduleSlow(): void {
    slow ??= setTimeout(slowTick, slowMs);
  }

  function slowTick(): void {
    const started = performance.now();
    registry.seen.age();
    tellTyping();
    writeAll();
    part = Math.max(smallestPart, Math.ceil((heads.gather() * partMs) / slowMs));
    slowSpent = performance.now() - started;
    tellPart();
  }

  function tellPart(): void {
    slow = null;
    const started = performance.now();
    for (const [client, packet] of heads.next(part)) touch(client, packet);
    writeAll();
    slowSpent += performance.now() - started;
    if (heads.areUntold()) slow = setTimeout(tellPart, partMs);
    else {
      slowMs = Math.min(timing.longestSlowTickMs, Math.max(timing.slowTickMs, 20 * slowSpent));
      if (heads.haveMoved() || talkative.size > 0) scheduleSlow();
    }
  }

  function tellTyping(): void {
    for (const room of talkative) {
      for (const [person, hint] of room.typing) {
        const packet = packetOf([hint.bytes]);
        for (const { state, client } of room.watches) {
          if (state === 'open' && !client.muted && client.who.person?.id !== person && client.receiver.hints()) touch(client, packet);
        }
      }
      room.typing.clear();
    }
    talkative.clear();
  }

  function keepFor(watch: Watch, event: Heard): void {
    if (watch.overflown) return;
    watch.heldBytes += event.bytes.length;
    if (watch.held.length >= heldEvents || watch.heldBytes > heldBytes) {
      watch.overflown = true;
      watch.held = [];
    } else watch.held.push(event);
  }

  return {
    counts,

    /** A channel moved. */
    event(event: Heard): void {
      const { topic } = event;
      if (topic.kind !== 'channel') return;
      registry.seen.note(topic.channel, topic.version);
      const room = registry.rooms.get(topic.channel);
      if (!room) {
        scheduleSlow();
        return;
      }
      room.version = Math.max(room.version, topic.version);
      room.number = Math.max(room.number, topic.number);
      heads.moved(room);
      scheduleSlow();
      if (room.watches.size === 0) {
        room.pending = [];
        return;
      }
      for (const watch of room.holding) keepFor(watch, event);
      room.pending.push(event);
      room.packets.clear();
      moving.add(room);
      schedule();
    },

    /** Somebody types: a hint, gathered with the heads. */
    typing(room: Room, person: string, hint: Heard): void {
      if (room.watches.size === 0) return;
      room.typing.set(person, hint);
      talkative.add(room);
      scheduleSlow();
    },

    /** What was held for a watch that opens now, newer than its snapshot. Goes out at once. */
    release(watch: Watch): void {
      const last = watch.held.at(-1);
      if (last && versionOf(last) > watch.version) {
        touch(watch.client, eventsPacket(watch.room.channel, newer(watch.held, watch.version)));
        watch.version = versionOf(last);
      }
      watch.held = [];
      writeAll();
    },

    /** Up to here an open watch has been given everything, or will be by the next round. */
    missed(watch: Watch): boolean {
      const [first] = watch.room.pending;
      return watch.version < (first ? versionOf(first) - 1 : watch.room.version);
    },

    stop(): void {
      if (scheduled && 'refresh' in scheduled) clearTimeout(scheduled);
      else if (scheduled) clearImmediate(scheduled);
      if (slow) clearTimeout(slow);
    },
  };
}

function newer(events: Heard[], version: number): Heard[] {
  const [first] = events;
  return !first || versionOf(first) > version ? events : events.filter((event) => versionOf(event) > version);
}
