import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessEvent } from '../../../contracts/events.ts';
import type { Conversations } from '../../domains/conversations/index.ts';
import type { Delivery } from './delivery.ts';
import type { Patience } from './patience.ts';
import type { Recheck } from './recheck.ts';
import { type Client, type Doubt, headOf, type Registry, type Room } from './registry.ts';

export interface AccessDeps {
  registry: Registry;
  delivery: Delivery;
  recheck: Recheck;
  conversations: Pick<Conversations, 'mayRead'>;
  patience: Patience;
}

/** Questions of one query. */
const asksAtOnce = 2000;

/**
 * L9: suspend → look up → resume. What an access event names is suspended at once, so that nothing later is delivered;
 * then the database is asked. Those who may go on are told the head and sync, the others are told that they left.
 */
export function createAccess({ registry, delivery, recheck, conversations, patience: { ask, background } }: AccessDeps) {
  const doubtful = new Set<Doubt>();
  let settling = false;
  /** Access events that may concern anybody. */
  let forAll = 0;

  /** One person's access to a channel, or to a community and all its channels. */
  function suspendOf(client: Client, event: AccessEvent): void {
    const rooms = new Set([...client.follows, ...client.doubts.keys(), ...[...client.watches.values()].map((watch) => watch.room)]);
    for (const room of rooms) if (concerns(event, room)) suspend(client, room);
    if (!event.community || event.channel) return;
    registry.leaveCommunity(client, event.community);
    client.receiver.relist();
  }

  /** Everyone's access to a channel, or to all channels of a community. */
  function suspendAll(event: AccessEvent): void {
    forAll++;
    const named = event.channel ? [registry.rooms.get(event.channel)] : [...registry.rooms.values()];
    for (const room of named) {
      if (!room || !concerns(event, room)) continue;
      for (const doubt of [...room.doubts]) doubt.again = true;
      for (const watch of [...room.watches]) suspend(watch.client, room);
      for (const client of [...room.followers]) suspend(client, room);
    }
  }

  function suspend(client: Client, room: Room): void {
    const watch = client.watches.get(room.channel);
    if (watch?.state === 'held') watch.doubted = true;
    if (watch?.state === 'open') watch.state = 'suspended';
    const follows = room.followers.has(client);
    if (follows || client.doubts.has(room) || watch?.state === 'suspended') doubt(client, room, follows);
    if (follows) registry.unfollow(client, room);
  }

  function doubt(client: Client, room: Room, follows: boolean): void {
    const known = client.doubts.get(room);
    if (known) {
      known.again = true;
      known.follows ||= follows;
      return;
    }
    const fresh: Doubt = { client, room, follows, again: false };
    client.doubts.set(room, fresh);
    room.doubts.add(fresh);
    doubtful.add(fresh);
    if (!settling) background(settle);
  }

  async function settle(): Promise<void> {
    settling = true;
    try {
      // Not within the feed's call: others who hear the same event forget what they remembered of it.
      await sleep(0);
      while (doubtful.size > 0) {
        const asked = [...doubtful].slice(0, asksAtOnce);
        for (const one of asked) one.again = false;
        const may = await ask(() => conversations.mayRead(asked.map(({ client, room }) => ({ who: client.who, channel: room.channel }))));
        if (!may) return;
        for (const [i, one] of asked.entries()) {
          if (one.again && !one.client.gone) continue;
          doubtful.delete(one);
          decide(one, may[i] === true);
        }
      }
    } finally {
      settling = false;
    }
  }

  function decide(doubt: Doubt, may: boolean): void {
    const { client, room } = doubt;
    // Gone, or refused meanwhile when the whole client was looked up.
    if (client.gone || client.doubts.get(room) !== doubt) return;
    if (!may) {
      registry.refuse(client, room);
      return;
    }
    client.doubts.delete(room);
    room.doubts.delete(doubt);
    const watch = client.watches.get(room.channel);
    if (watch?.state === 'suspended') watch.state = 'open';
    if (doubt.follows) registry.follow(client, headOf(room), room.community ?? null);
    registry.dropIfEmpty(room);
    if (client.muted) client.missed.add(room);
    else if (watch?.state === 'open' ? delivery.missed(watch) : doubt.follows) client.receiver.behind([headOf(room)]);
  }

  return {
    heard(event: AccessEvent): void {
      if (event.device) {
        for (const client of [...registry.byDevice(event.device)]) client.receiver.end('signed_out');
      } else if (event.account) {
        for (const client of registry.byAccount(event.account)) recheck.add(client);
      } else if (event.person) {
        for (const client of [...registry.byPerson(event.person)]) {
          client.accessEvents++;
          if (event.channel || event.community) suspendOf(client, event);
          else recheck.add(client);
        }
      } else if (event.channel || event.community) {
        suspendAll(event);
      } else if (event.application) {
        for (const client of registry.clients) if (client.who.application === event.application) recheck.add(client);
      }
    },

    /** Suspends a watch until it is known whether its client may still read. */
    doubt,

    /** Differs when an access event came that this client's lists of communities and channels may not show yet. */
    stamp: (client: Client): number => forAll + client.accessEvents,
  };
}

function concerns(event: AccessEvent, room: Room): boolean {
  if (event.channel) return event.channel === room.channel;
  return room.community === undefined || room.community === event.community;
}
