import { expect, test } from 'vitest';
import { markedText } from '../../support/openLoop.ts';
import { startSink } from '../../support/sink.ts';
import { startFloorRooms } from './floor.ts';

test('every reader of a room has each of its messages once, in order, however many are written at once', async () => {
  const roomsOf = [[0], [0, 1], [1, 2]];
  const floor = await startFloorRooms({ rooms: 3, readers: 3, writers: 1, openOf: (i) => roomsOf[i] ?? [] });
  const sink = await startSink({ ...floor.sink, sequenceBits: 16 });
  try {
    await sink.open(roomsOf.map((channels, i) => ({ ...floor.reader(i), channels })));
    const writer = await floor.writer(0);
    await sink.begin(0n);
    const count = 3000;
    for (let k = 0; k < count; k++) {
      for (const room of [0, 1, 2]) writer.say(room, markedText(room * 65_536 + k, process.hrtime.bigint()));
    }
    const sent = new Map([0, 1, 2].map((room) => [room, count]));
    expect(await sink.end(sent)).toMatchObject({ deliveries: 5 * count, lost: 0, doubled: 0, reordered: 0, strays: 0, cut: 0 });
    expect(writer.refused()).toBe(0);
    writer.close();
  } finally {
    await sink.close();
    await floor.stop();
  }
});
