import { createHeads } from './heads.ts';
import { eventsPacket, type Packet, packetOf } from './packet.ts';
import { type Client, type Heard, type Registry, type Room, versionOf, type Watch } from './registry.ts';

export interface DeliveryTiming {
  /** Gather so long while busy; an event that comes after a pause goes out at once. */
  shortestTickMs: number;
  longestTickMs: number;
  /** Heads and hints are gathered so long. */
  slowTickMs: number;
  /** When telling them takes long. */
  longestSlowTickMs: number;
}

export const defaultTiming: DeliveryTiming = { shortestTickMs: 5, longestTickMs: 20, slowTickMs: 100, longestSlowTickMs: 1000 };

/** A tick ends early when one channel has gathered so many bytes. */
const tickBytes = 256 * 1024;
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

export type Delivery = ReturnType<typeof createDelivery>;

/**
 * Brings events to those who watch: a frame once per channel and tick, a write once per client and tick. The tick grows
 * with the time that a flush takes, so that at most half of the time goes into flushing.
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
  let flushedAt = 0;
  let slowMs = timing.slowTickMs;
  /** Clients in a part of the heads, and what telling them took since the last slow tick, in ms. */
  let part = smallestPart;
  let slowSpent = 0;

  function touch(client: Client, packet: Packet): void {
    if (client.outbox.push(packet) === 1) touched.push(client);
  }

  function writeAll(): void {
    for (const client of touched) {
      const late = heads.take(client);
      if (late) client.outbox.push(late);
      counts.deliveries += client.outbox.length;
      if (!client.gone) client.receiver.write(client.outbox);
      client.outbox.length = 0;
    }
    touched.length = 0;
  }

  function flushRoom(room: Room): void {
    const [first] = room.pending;
    const last = room.pending.at(-1);
    if (!first || !last) return;
    const from = versionOf(first);
    const to = versionOf(last);
    let packet: Packet | null = null;
    for (const watch of room.watches) {
      if (watch.state !== 'open' || watch.client.muted || watch.version >= to) continue;
      if (watch.version < from) {
        packet ??= eventsPacket(room.channel, room.pending);
        touch(watch.client, packet);
      } else {
        // It was opened within this tick and has the first of these already.
        touch(watch.client, newer(watch, room.pending));
      }
      watch.version = to;
    }
    room.pending = [];
    room.pendingBytes = 0;
  }

  function newer(watch: Watch, events: Heard[]): Packet {
    return eventsPacket(
      watch.room.channel,
      events.filter((event) => versionOf(event) > watch.version),
    );
  }

  function flush(): void {
    scheduled = null;
    const started = performance.now();
    for (const room of moving) flushRoom(room);
    moving.clear();
    writeAll();
    flushedAt = performance.now();
    const took = flushedAt - started;
    counts.flushes++;
    counts.tickMs = Math.min(timing.longestTickMs, Math.max(timing.shortestTickMs, took));
    onFlush(took);
  }

  function schedule(): void {
    if (scheduled) return;
    const wait = flushedAt + counts.tickMs - performance.now();
    scheduled = wait <= 0 ? setImmediate(flush) : setTimeout(flush, wait);
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
      if (room.watches.size === 0) return;
      for (const watch of room.holding) keepFor(watch, event);
      room.pending.push(event);
      room.pendingBytes += event.bytes.length;
      moving.add(room);
      if (room.pendingBytes > tickBytes) {
        flushRoom(room);
        writeAll();
      } else schedule();
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
        touch(watch.client, newer(watch, watch.held));
        watch.version = versionOf(last);
      }
      watch.held = [];
      writeAll();
    },

    /** Up to here an open watch has been given everything, or will be by the next flush. */
    missed(watch: Watch): boolean {
      const [first] = watch.room.pending;
      return watch.version < (first ? versionOf(first) - 1 : watch.room.version);
    },

    flush,
    stop(): void {
      if (scheduled && 'refresh' in scheduled) clearTimeout(scheduled);
      else if (scheduled) clearImmediate(scheduled);
      if (slow) clearTimeout(slow);
    },
  };
}
