import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { toPacket } from './packet.ts';
import { type Client, createSeen, put, type Registry, take } from './registry.ts';
import type { Wheel } from './wheel.ts';

/** A person who is shown to a client: in these channels, or because the client watches. */
interface Sight {
  readonly client: Client;
  readonly person: Id;
  readonly channels: Set<Id>;
  watched: boolean;
  /** What the client was last told. */
  online: boolean;
}

interface View {
  /** Direct and group channels, those included where nobody else is. */
  channels: Id[];
  sights: Map<Id, Sight>;
}

export interface OnlookersDeps {
  registry: Registry;
  wheel: Wheel;
  isOnline(person: Id): boolean;
}

const tellMs = 250;
const blind: View = { channels: [], sights: new Map() };

export type Onlookers = ReturnType<typeof createOnlookers>;

/**
 * Who is told that somebody came online or left: whoever has a direct or group channel that shows that person, and may
 * read it at that moment (L9); and whoever has that person on the screen, and watches.
 */
export function createOnlookers({ registry, wheel, isOnline }: OnlookersDeps) {
  const views = new Map<Client, View>();
  const byPerson = new Map<Id, Set<Sight>>();
  const byChannel = new Map<Id, Set<Client>>();
  /** Those who may not know how it stands now. */
  const untold = new Set<Sight>();
  const touched = createSeen();
  let events = 0;

  function forget(client: Client): void {
    const { channels, sights } = views.get(client) ?? blind;
    for (const channel of channels) take(byChannel, channel, client);
    for (const sight of sights.values()) {
      take(byPerson, sight.person, sight);
      untold.delete(sight);
    }
    views.delete(client);
  }

  function drop(view: View, sight: Sight): void {
    view.sights.delete(sight.person);
    take(byPerson, sight.person, sight);
    untold.delete(sight);
  }

  function write(sight: Sight, online: boolean): void {
    sight.online = online;
    sight.client.receiver.write([toPacket({ type: 'presence', person: sight.person, online })]);
  }

  function tellOf(sight: Sight): void {
    const { client, person } = sight;
    // While it is looked up what the client may read, it is told nothing; it is told after.
    if (client.muted || !client.receiver.hints()) return;
    const rooms = [...sight.channels].flatMap((channel) => registry.rooms.get(channel) ?? []);
    const sees = sight.watched || rooms.some((room) => room.followers.has(client));
    if (!sees && rooms.some((room) => client.doubts.has(room))) return;
    untold.delete(sight);
    if (sees && sight.online !== isOnline(person)) write(sight, !sight.online);
  }

  function tell(): void {
    touched.age();
    for (const sight of untold) tellOf(sight);
    wheel.after(tellMs, tell);
  }
  wheel.after(tellMs, tell);

  return {
    /** To be taken before lists are read that `show` is given. */
    stamp: (): number => events,

    /**
     * What a client is shown from now on, from its lists. Answers who of them is online: `ready` tells it, else what
     * is new is told by and by. `isOld`: read them again.
     */
    show(client: Client, lists: readonly MyChannel[], { stamp, isReady }: { stamp: number; isReady: boolean }) {
      const before = (views.get(client) ?? blind).sights;
      const view: View = { channels: [], sights: new Map() };
      for (const { person, watched, online } of before.values()) {
        // After `ready` the watched ones are told of anew.
        if (watched) view.sights.set(person, { client, person, channels: new Set(), watched, online: online && !isReady });
      }
      forget(client);
      let isOld = false;
      for (const { channel, people } of lists) {
        if (channel.kind !== 'direct' && channel.kind !== 'group') continue;
        view.channels.push(channel.id);
        put(byChannel, channel.id, client);
        // Who is in it may have changed since it was read.
        const isTouched = touched.version(channel.id) > stamp;
        isOld ||= isTouched;
        for (const { id: person } of isTouched ? [] : people) {
          const known = before.get(person)?.online ?? false;
          const sight = view.sights.get(person) ?? { client, person, channels: new Set(), watched: false, online: known };
          if (isReady) sight.online = isOnline(person);
          sight.channels.add(channel.id);
          view.sights.set(person, sight);
        }
      }
      if (view.channels.length + view.sights.size > 0) views.set(client, view);
      for (const sight of view.sights.values()) {
        put(byPerson, sight.person, sight);
        untold.add(sight);
      }
      // Of whom nothing more is told, nothing shall be shown.
      for (const sight of isReady ? [] : before.values()) if (sight.online && !view.sights.has(sight.person)) write(sight, false);
      return { online: [...view.sights.values()].flatMap((sight) => (sight.online ? [sight.person] : [])), isOld };
    },

    /** Tells who of these people is online, then of changes, until the next such list. */
    watch(client: Client, people: readonly Id[]): void {
      const view = views.get(client) ?? { channels: [], sights: new Map() };
      views.set(client, view);
      const wanted = new Set(people);
      for (const sight of view.sights.values()) {
        sight.watched = wanted.has(sight.person);
        if (!sight.watched && sight.channels.size === 0) drop(view, sight);
      }
      for (const person of wanted) {
        const sight = view.sights.get(person) ?? { client, person, channels: new Set(), watched: true, online: false };
        sight.watched = true;
        // Whoever asks may know nothing yet.
        if (isOnline(person)) sight.online = false;
        view.sights.set(person, sight);
        put(byPerson, person, sight);
        untold.add(sight);
        tellOf(sight);
      }
    },
    forget,

    changed(person: Id): void {
      for (const sight of byPerson.get(person) ?? []) untold.add(sight);
    },

    /** Who is in a channel may have changed: it shows nobody until that was read again. */
    access({ channel }: AccessEvent): void {
      if (!channel) return;
      touched.note(channel, ++events);
      for (const client of byChannel.get(channel) ?? []) {
        for (const sight of views.get(client)?.sights.values() ?? []) sight.channels.delete(channel);
        client.receiver.relist();
      }
    },
  };
}
