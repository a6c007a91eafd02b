import { setTimeout as sleep } from 'node:timers/promises';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Conversations } from '../../domains/conversations/index.ts';
import type { Delivery } from './delivery.ts';
import type { Patience } from './patience.ts';
import { type Client, headOf, type Registry, type Room } from './registry.ts';

export interface RecheckDeps {
  registry: Registry;
  delivery: Delivery;
  conversations: Pick<Conversations, 'mayRead' | 'heads'>;
  patience: Patience;
}

/** Clients looked at together; each may have some hundred channels, asked for in queries of so many. */
const clientsAtOnce = 100;
const asksAtOnce = 2000;
/** After the feed broke clients go on in so many steps, so many milliseconds apart, lest all sync at the same moment. */
const mendSteps = 20;
const mendPauseMs = 50;
/** A step is at least so large. */
const mendTogether = 50;

export type Recheck = ReturnType<typeof createRecheck>;

/**
 * Looks up whole clients anew: who they are, what they may still read, what they missed meanwhile. They are mute from
 * the moment they are added until that is known.
 */
export function createRecheck({ registry, delivery, conversations, patience: { ask, background } }: RecheckDeps) {
  const waiting = new Set<Client>();
  let running = false;
  /** False from the feed's break until it is known what moved meanwhile: nobody may go on before. */
  let caughtUp = true;
  /** Counts the breaks of the feed, so that a mending which another break overtook gives up. */
  let breaks = 0;

  function mute(client: Client): void {
    client.muted = true;
    client.accessEvents++;
    for (const watch of client.watches.values()) if (watch.state === 'held') watch.doubted = true;
  }

  function add(client: Client): void {
    mute(client);
    waiting.add(client);
    if (!running && caughtUp) background(run);
  }

  async function run(): Promise<void> {
    running = true;
    try {
      // Not within the feed's call: others who hear the same event forget what they remembered of it.
      await sleep(0);
      while (waiting.size > 0 && caughtUp) {
        const clients = [...waiting].slice(0, clientsAtOnce);
        for (const client of clients) waiting.delete(client);
        await check(clients);
      }
    } finally {
      running = false;
    }
  }

  async function check(clients: Client[]): Promise<void> {
    const before = breaks;
    const known = await Promise.all(clients.map(identify));
    const asks = clients.filter((_, i) => known[i]).flatMap((client) => roomsOf(client).map((room) => ({ client, room })));
    const may: boolean[] = [];
    for (let from = 0; from < asks.length; from += asksAtOnce) {
      const part = asks.slice(from, from + asksAtOnce).map(({ client, room }) => ({ who: client.who, channel: room.channel }));
      const answers = await ask(() => conversations.mayRead(part));
      if (!answers) return;
      may.push(...answers);
    }
    // Whoever was added again meanwhile is looked at again, all of them if the feed broke meanwhile.
    if (before !== breaks) return;
    for (const [i, { client, room }] of asks.entries()) {
      if (may[i] !== true && !client.gone && !waiting.has(client)) registry.refuse(client, room);
    }
    for (const [i, client] of clients.entries()) if (known[i] && !client.gone && !waiting.has(client)) unmute(client);
  }

  /** False when the client is gone: its sign-in does not hold any more. */
  async function identify(client: Client): Promise<boolean> {
    const answer = await ask(
      async () => {
        try {
          return await client.receiver.identify();
        } catch (error) {
          if (error instanceof PlazaError && !error.retryable) return error;
          throw error;
        }
      },
      () => !client.gone,
    );
    if (answer === null || client.gone) return false;
    if (answer instanceof PlazaError || answer.person?.id !== client.who.person?.id) {
      client.receiver.end(answer instanceof PlazaError && answer.code === 'token_expired' ? 'token_expired' : 'signed_out');
      return false;
    }
    registry.become(client, answer);
    return true;
  }

  function unmute(client: Client): void {
    client.muted = false;
    const behind = new Set<Room>();
    for (const watch of client.watches.values()) if (watch.state === 'open' && delivery.missed(watch)) behind.add(watch.room);
    for (const room of client.follows) {
      if (client.watches.get(room.channel)?.state === 'open') continue;
      if (client.missed.has(room) || (client.stale && room.version > room.told)) behind.add(room);
    }
    const stale = client.stale || client.missedPersonal;
    client.missed.clear();
    client.stale = false;
    client.missedPersonal = false;
    if (behind.size > 0) client.receiver.behind([...behind].map(headOf));
    if (stale) client.receiver.stale();
  }

  async function mend(): Promise<void> {
    const mine = breaks;
    const wanted = () => mine === breaks;
    const rooms = [...registry.rooms.values()];
    for (let from = 0; from < rooms.length; from += asksAtOnce) {
      const part = rooms.slice(from, from + asksAtOnce);
      const heads = await ask(() => conversations.heads(part.map((room) => room.channel)), wanted);
      if (!heads) return;
      for (const [i, room] of part.entries()) {
        room.version = Math.max(room.version, heads[i]?.version ?? 0);
        room.number = Math.max(room.number, heads[i]?.number ?? 0);
      }
    }
    caughtUp = true;
    const clients = [...registry.clients].filter((client) => client.stale);
    const step = Math.max(mendTogether, Math.ceil(clients.length / mendSteps));
    for (let from = 0; from < clients.length && wanted(); from += step) {
      if (from > 0) await sleep(mendPauseMs, undefined, { ref: false });
      for (const client of clients.slice(from, from + step)) if (!client.gone) add(client);
    }
  }

  return {
    add,

    /** A client that comes while the feed is broken is told with all others. */
    enters(client: Client): void {
      if (caughtUp) return;
      client.muted = true;
      client.stale = true;
    },

    /** The feed broke: from now on nobody is told anything. */
    broken(): void {
      caughtUp = false;
      breaks++;
      waiting.clear();
      // What those know who are still waiting since the last time must not be forgotten.
      const untold = [...registry.clients].some((client) => client.stale);
      if (!untold) for (const room of registry.rooms.values()) room.told = room.version;
      for (const client of registry.clients) {
        mute(client);
        client.stale = true;
      }
    },

    /** It runs again: everyone is looked up anew, spread over a second. */
    mended(): void {
      background(mend);
    },
  };
}

function roomsOf(client: Client): Room[] {
  return [...new Set([...client.follows, ...[...client.watches.values()].map((watch) => watch.room)])];
}
