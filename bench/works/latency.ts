import { aboutFloor, startFloorRooms } from '../peers/floor/floor.ts';
import { startSocketioRooms } from '../peers/socketio/socketio.ts';
import { startWsRooms } from '../peers/ws/ws.ts';
import { deliveryColumns, deliveryContender, type Plan } from '../support/delivery.ts';
import { startPlazaRooms } from '../support/rooms.ts';
import type { Options, Work } from '../support/work.ts';

/** One reader; the one who writes is on the last server, the reader on the first. */
function plan(processes: number) {
  return ({ rate = 0, seconds = 0, warm = 0 }: Options): Plan => {
    const writer = processes - 1;
    return {
      ...{ rooms: 1, readers: 1, writers: processes, rate, seconds, processes },
      warmUpSeconds: warm,
      readingSeconds: 0,
      openOf: () => [0],
      place: () => ({ room: 0, writer }),
      rowOf: () => writer,
      rowsOf: () => [writer],
    };
  };
}

export const latency: Work = {
  name: 'latency',
  about: 'From the moment a message is due to be sent until its reader has it, committed to disk, when little else goes on.',
  options: {
    rate: { about: 'messages a second', value: 30, quick: 30 },
    seconds: { about: 'seconds measured', value: 10, quick: 2 },
    warm: { about: 'seconds before that', value: 3, quick: 1 },
  },
  columns: deliveryColumns.filter(({ key }) => key !== 'perSecond' && key !== 'cut'),
  contenders: {
    plaza: deliveryContender('Plaza, one server', startPlazaRooms, plan(1)),
    two: deliveryContender('Plaza, two servers on one database; the reader is on the other', startPlazaRooms, plan(2)),
    socketio: deliveryContender('Socket.IO 4.8, one INSERT (fsync) and emit each', startSocketioRooms, plan(1)),
    ws: deliveryContender('ws 8, one INSERT (fsync) and a send for each reader', startWsRooms, plan(1)),
    floor: deliveryContender(aboutFloor, startFloorRooms, plan(1)),
  },
};
