import { type Packet, toPacket } from './packet.ts';
import { type Client, headOf, type Room } from './registry.ts';

/**
 * What those are told who follow a channel and have not opened it: where it stands. It can wait, so it goes out with what
 * is written to them anyway, or in parts that keep nobody else waiting.
 */
export function createHeads() {
  const moved = new Set<Room>();
  const untold = new Map<Client, Room[]>();

  /** Meanwhile a client may have left a channel, lost the access to it, or hear nothing for now. */
  function toTell(client: Client, rooms: readonly Room[]): Room[] {
    if (client.gone) return [];
    const still = rooms.filter((room) => room.followers.has(client));
    if (!client.muted) return still;
    for (const room of still) client.missed.add(room);
    return [];
  }

  return {
    moved(room: Room): void {
      if (room.followers.size > 0) moved.add(room);
    },

    haveMoved: (): boolean => moved.size > 0,
    areUntold: (): boolean => untold.size > 0,

    /** Takes down who is to be told of what moved; answers how many they are. */
    gather(): number {
      for (const room of moved) {
        for (const client of room.followers) {
          if (client.watches.get(room.channel)?.state === 'open') continue;
          const rooms = untold.get(client);
          if (rooms) rooms.push(room);
          else untold.set(client, [room]);
        }
      }
      moved.clear();
      return untold.size;
    },

    /** What this client is to be told; null for nothing. */
    take(client: Client): Packet | null {
      const rooms = untold.get(client);
      if (!rooms) return null;
      untold.delete(client);
      const still = toTell(client, rooms);
      return still.length > 0 ? headPacket(still) : null;
    },

    /** The next `count` of those who are to be told. */
    *next(count: number): Iterable<[Client, Packet]> {
      /** Those who are told of one channel alone are told the same. */
      const alone = new Map<Room, Packet>();
      let left = count;
      for (const [client, rooms] of untold) {
        if (left-- === 0) return;
        untold.delete(client);
        const still = toTell(client, rooms);
        const [room, second] = still;
        if (!room) continue;
        const packet = second ? headPacket(still) : (alone.get(room) ?? headPacket(still));
        if (!second) alone.set(room, packet);
        yield [client, packet];
      }
    },
  };
}

function headPacket(rooms: readonly Room[]): Packet {
  return toPacket({ type: 'head', heads: rooms.map(headOf) });
}
