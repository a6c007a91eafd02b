import { aboutFloor, startFloorRooms } from '../peers/floor/floor.ts';
import { startSocketioRooms } from '../peers/socketio/socketio.ts';
import { startWsRooms } from '../peers/ws/ws.ts';
import { deliveryColumns, deliveryContender, type Plan } from '../support/delivery.ts';
import { startPlazaRooms } from '../support/rooms.ts';
import type { Options, Work } from '../support/work.ts';
import { createChance, zipf } from '../support/zipf.ts';

/** Of a hundred who read, one writes. */
const writersOf = (readers: number) => Math.max(4, Math.round(readers / 100));

/** The same rooms, readers and messages each time: sizes by Zipf's law, the largest has most of the people. */
function plan({ readers = 0, rooms = 0, each = 0, open = 0, rate = 0, seconds = 0, warm = 0, reading = 0, processes = 1 }: Options): Plan {
  const writers = writersOf(readers);
  const draw = zipf(rooms, createChance(4));
  const member = Array.from({ length: readers }, () => several(draw, Math.min(each, rooms)));
  // What is on somebody's screen is one of their rooms like another, large or small.
  const opened = member.map((all) => all.slice(0, open));
  const listened = [...new Set(opened.flat())];
  const sizes = opened.flat();
  const next = createChance(5);
  const places = Array.from({ length: Math.ceil(rate * (seconds + warm)) + 1 }, () => {
    // A room is as lively as it is large.
    const room = sizes[Math.floor(next() * sizes.length)] ?? listened[0] ?? 0;
    return { room, writer: room % writers };
  });
  return {
    ...{ rooms, readers, writers, rate, seconds, processes },
    warmUpSeconds: warm,
    readingSeconds: reading,
    openOf: (i) => opened[i] ?? [],
    memberOf: (i) => member[i] ?? [],
    writerOf: (room) => room % writers,
    place: (k) => places[k] ?? { room: 0, writer: 0 },
    rowOf: ({ room }) => room,
    rowsOf: (i) => opened[i] ?? [],
  };
}

function several(draw: () => number, count: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(draw());
  return [...drawn].toSorted((a, b) => ((a * 7919) % 10_007) - ((b * 7919) % 10_007));
}

export const channels: Work = {
  name: 'channels',
  about:
    'Many channels with sizes by Zipf’s law; everybody is in several, some of them open, writes in one of a hundred cases, and says how far they have read.',
  options: {
    readers: { about: 'sockets, one a person', value: 10_000, quick: 200 },
    rooms: { about: 'channels', value: 5000, quick: 100 },
    each: { about: 'channels that a person is in', value: 20, quick: 5 },
    open: { about: 'of these, open: every message comes; of the others only that there is one', value: 5, quick: 2 },
    rate: { about: 'messages a second', value: 50, quick: 20 },
    seconds: { about: 'seconds measured', value: 20, quick: 2 },
    warm: { about: 'seconds before that', value: 3, quick: 1 },
    reading: { about: 'seconds between two times that a socket says how far it has read; 0: never', value: 30, quick: 2 },
    processes: { about: 'servers on one database, where the contender can', value: 1, quick: 1 },
  },
  columns: deliveryColumns,
  contenders: {
    plaza: deliveryContender('Plaza, with who is online, unread counts and read marks', startPlazaRooms, plan),
    socketio: deliveryContender('Socket.IO 4.8, one INSERT (fsync) and emit each; read marks, nobody online', startSocketioRooms, plan),
    ws: deliveryContender('ws 8, one INSERT (fsync) and a send for each reader; read marks, nobody online', startWsRooms, plan),
    floor: deliveryContender(aboutFloor, startFloorRooms, plan),
  },
};
