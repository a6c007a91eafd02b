import { aboutEjabberd, missingEjabberd, startEjabberdRooms } from '../peers/ejabberd/ejabberd.ts';
import { aboutFloor, startFloorRooms } from '../peers/floor/floor.ts';
import { aboutProsody, missingProsody, startProsodyRooms } from '../peers/prosody/prosody.ts';
import { startSocketioRooms } from '../peers/socketio/socketio.ts';
import { startWsRooms } from '../peers/ws/ws.ts';
import { deliveryColumns, deliveryContender, type Plan } from '../support/delivery.ts';
import { startPlazaRooms } from '../support/rooms.ts';
import type { Options, Work } from '../support/work.ts';

/** One connection may send 50 frames a second to Plaza; these leave some of that. */
const perWriter = 40;
const fewestWriters = 4;

function plan({ readers = 0, rate = 0, seconds = 0, warm = 0, processes = 1 }: Options): Plan {
  const writers = Math.max(fewestWriters, Math.ceil(rate / perWriter));
  const rows = Array.from({ length: writers }, (_, i) => i);
  return {
    ...{ rooms: 1, readers, writers, rate, seconds, processes },
    warmUpSeconds: warm,
    readingSeconds: 0,
    openOf: () => [0],
    place: (k) => ({ room: 0, writer: k % writers }),
    rowOf: ({ writer }) => writer,
    rowsOf: () => rows,
  };
}

export const fanout: Work = {
  name: 'fanout',
  about: 'Readers of one channel, each of whom hears every message; each message is committed to disk before it is delivered.',
  options: {
    readers: { about: 'readers', value: 1000, quick: 100 },
    rate: { about: 'messages a second', value: 1000, quick: 50 },
    seconds: { about: 'seconds measured', value: 10, quick: 2 },
    warm: { about: 'seconds before that', value: 3, quick: 1 },
    processes: { about: 'servers on one database, where the contender can', value: 1, quick: 1 },
  },
  columns: deliveryColumns,
  contenders: {
    plaza: deliveryContender('Plaza', startPlazaRooms, plan),
    socketio: deliveryContender('Socket.IO 4.8, one INSERT (fsync) and emit each', startSocketioRooms, plan),
    ws: deliveryContender('ws 8, one INSERT (fsync) and a send for each reader', startWsRooms, plan),
    ejabberd: deliveryContender(aboutEjabberd, startEjabberdRooms, plan, async () => missingEjabberd()),
    prosody: deliveryContender(aboutProsody, startProsodyRooms, plan, async () => missingProsody()),
    floor: deliveryContender(aboutFloor, startFloorRooms, plan),
  },
};
