import { setTimeout as sleep } from 'node:timers/promises';
import { PlazaError } from '../../../contracts/errors.ts';
import type { AccessEvent } from '../../../contracts/events.ts';
import type { Head } from '../../../contracts/nouns.ts';
import type { Conversations } from '../../domains/conversations/index.ts';
import type { Logger } from '../../kit/log.ts';
import type { Delivery } from './delivery.ts';
import { type Client, type Doubt, headOf, type Registry, type Room } from './registry.ts';

export interface AccessDeps {
  registry: Registry;
  delivery: Delivery;
  conversations: Pick<Conversations, 'mayRead' | 'heads'>;
  logger: Logger;
}

/** Questions of one query. */
const asksAtOnce = 2000;
/** After the feed broke, clients are told in so many steps of so many milliseconds, lest all sync at the same moment. */
const mendSteps = 20;
const mendStepMs = 50;

export type Access = ReturnType<typeof createAccess>;

/**
 * L9: suspend → look up → resume. What an access event names is suspended at once, so that nothing later is delivered;
 * then the database is asked; those who may go on are told the head and sync, the others are told that they left.
 */
export function createAccess({ registry, delivery, conversations, logger }: AccessDeps) {
  const doubtful = new Set<Doubt>();
  const unsure = new Set<Client>();
  const checking = new Set<Client>();
  let settling = false;
  let stopped = false;
  /** Counts the feed's breaks, so that a mending that another break overtook gives up. */
  let breaks = 0;
  let mending = false;

  function heard(event: AccessEvent): void {
    if (event.device) {
      for (const client of [...registry.byDevice(event.device)]) client.receiver.end('signed_out');
    } else if (event.account) {
      for (const client of registry.byAccount(event.account)) lookAgain(client);
    } else if (event.person) {
      for (const client of registry.byPerson(event.person)) {
        client.listsDoubted = true;
        if (!event.channel && !event.community) lookAgain(client);
        else suspendOf(client, event);
      }
    } else if (event.channel || event.community) {
      suspendAll(event);
    } else if (event.application) {
      for (const client of registry.clients) if (client.who.application === event.application) lookAgain(client);
    }
  }

  /** One person's access to a channel, or to a community and all its channels. */
  function suspendOf(client: Client, event: AccessEvent): void {
    for (const { room } of client.watches.values()) if (concerns(event, room)) suspend(client, room);
    for (const room of client.follows) if (concerns(event, room)) suspend(client, room);
    for (const doubt of client.doubts.values()) if (concerns(event, doubt.room)) doubt.again = true;
    if (event.community && !event.channel) {
      registry.leaveCommunity(client, event.community);
      client.receiver.relist();
    }
  }

  /** Everyone's access to a channel, or to all channels of a community. */
  function suspendAll(event: AccessEvent): void {
    for (const client of registry.clients) client.listsDoubted = true;
    const one = event.channel ? registry.rooms.get(event.channel) : undefined;
    const rooms = event.channel ? (one ? [one] : []) : [...registry.rooms.values()].filter((room) => concerns(event, room));
    for (const room of rooms) {
      for (const doubt of room.doubts) doubt.again = true;
      for (const watch of room.watches) suspend(watch.client, room);
      for (const client of room.followers) suspend(client, room);
    }
  }

  function suspend(client: Client, room: Room): void {
    const watch = client.watches.get(room.channel);
    if (watch?.state === 'held') watch.doubted = true;
    if (watch?.state === 'open') watch.state = 'suspended';
    const follows = client.follows.has(room);
    if (follows || watch?.state === 'suspended') doubt(client, room, follows);
    if (follows) registry.unfollow(client, room);
  }

  function doubt(client: Client, room: Room, follows: boolean): void {
    const known = client.doubts.get(room);
    if (known) {
      known.again = true;
      known.follows ||= follows;
      return;
    }
    const fresh = { client, room, follows, again: false };
    client.doubts.set(room, fresh);
    room.doubts.add(fresh);
    doubtful.add(fresh);
    if (!settling) settle().catch((err: unknown) => logger.error({ err }, 'The access of listeners could not be looked up.'));
  }

  async function settle(): Promise<void> {
    settling = true;
    // Not within the feed's call: others who hear the same event forget what they remembered of it.
    await sleep(0);
    while (doubtful.size > 0 && !stopped) {
      const asked = [...doubtful].slice(0, asksAtOnce);
      for (const one of asked) one.again = false;
      const may = await untilAnswered(() => conversations.mayRead(asked.map(({ client, room }) => ({ who: client.who, channel: room.channel }))));
      for (const [i, one] of asked.entries()) {
        if (one.again && !one.client.gone) continue;
        doubtful.delete(one);
        decide(one, may?.[i] === true);
      }
    }
    settling = false;
  }

  function decide({ client, room, follows, ...rest }: Doubt, may: boolean): void {
    const own = client.doubts.get(room);
    if (!own) return;
    client.doubts.delete(room);
    room.doubts.delete(own);
    if (client.gone) return registry.dropIfEmpty(room);
    void rest;
    if (!may) return refuse(client, room);
    const watch = client.watches.get(room.channel);
    if (watch?.state === 'suspended') watch.state = 'open';
    if (follows) registry.follow(client, { channel: room.channel, number: room.number, version: 0 }, room.community ?? null);
    registry.dropIfEmpty(room);
    if (client.muted) client.missed.add(room);
    else if (follows || (watch?.state === 'open' && delivery.missed(watch))) client.receiver.behind([headOf(room)]);
  }

  function refuse(client: Client, room: Room): void {
    const watch = client.watches.get(room.channel);
    const knew = watch !== undefined || client.follows.has(room) || client.doubts.has(room);
    if (watch) registry.unwatch(watch);
    registry.unfollow(client, room);
    void knew;
    client.receiver.left(room.channel, 'forbidden');
  }

  /** Mutes the client until it is known anew who it is and what it may read. */
  function lookAgain(client: Client): void {
    client.muted = true;
    client.listsDoubted = true;
    for (const watch of client.watches.values()) watch.doubted = true;
    unsure.add(client);
    if (!checking.has(client)) queueCheck();
  }

  return { heard, doubt, lookAgain, concerns };
}
