import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { toPacket } from './packet.ts';
import { type Client, createSeen, put, type Registry, take } from './registry.ts';
import type { Wheel } from './wheel.ts';

/** A person who is shown to a client in these channels. */
interface Sight {
  readonly client: Client;
  readonly person: Id;
  readonly channels: Set<Id>;
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
 * read it at that moment (L9).
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

  function write(sight: Sight, online: boolean): void {
    sight.online = online;
    sight.client.receiver.write([toPacket({ type: 'presence', person: sight.person, online })]);
  }

  function tell(): void {
    touched.age();
    for (const sight of untold) {
      const { client, person } = sight;
      const rooms = [...sight.channels].flatMap((channel) => registry.rooms.get(channel) ?? []);
      // While it is looked up what the client may read, it is told nothing; it is told after.
      if (client.muted || !client.receiver.hints()) continue;
      const sees = rooms.some((room) => client.follows.has(room));
      if (!sees && rooms.some((room) => client.doubts.has(room))) continue;
      untold.delete(sight);
      if (sees && sight.online !== isOnline(person)) write(sight, !sight.online);
    }
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
      forget(client);
      views.set(client, view);
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
          const sight = view.sights.get(person) ?? { client, person, channels: new Set(), online: isReady ? isOnline(person) : known };
          sight.channels.add(channel.id);
          view.sights.set(person, sight);
        }
      }
      for (const sight of view.sights.values()) {
        put(byPerson, sight.person, sight);
        untold.add(sight);
      }
      // Of whom nothing more is told, nothing shall be shown.
      for (const sight of isReady ? [] : before.values()) if (sight.online && !view.sights.has(sight.person)) write(sight, false);
      return { online: [...view.sights.values()].flatMap((sight) => (sight.online ? [sight.person] : [])), isOld };
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
