/** How readers and writers come to the chat of server.ts. */
import { join } from 'node:path';
import type { StartRooms } from '../../support/rooms.ts';
import { clientFrame, type Step, upgradeRequest } from '../../support/sink.ts';
import { openWriter } from '../../support/writer.ts';
import { startNodeServer } from '../node.ts';

const roomName = (room: number) => `room-${room}`;

export const startWsRooms: StartRooms = async ({ rooms, openOf }) => {
  const { port, ...server } = await startNodeServer(join(import.meta.dirname, 'server.ts'));
  return {
    ...server,
    sink: { framing: 'websocket' },
    reader: (i) => ({
      port,
      opening: [
        { send: upgradeRequest(port, '/') },
        { await: '\r\n\r\n' },
        { send: clientFrame(JSON.stringify({ type: 'hello', name: `reader ${i}` })) },
        ...openOf(i).flatMap((room): Step[] => [
          { send: clientFrame(JSON.stringify({ type: 'join', room: roomName(room) })) },
          { await: '"joined"' },
        ]),
      ],
    }),
    async writer(i) {
      const writer = await openWriter({
        url: `ws://127.0.0.1:${port}/`,
        opening: [],
        message: (room, body, n) =>
          n === 0 ? JSON.stringify({ type: 'hello', name: `writer ${i}` }) : JSON.stringify({ type: 'send', room: roomName(room), body }),
        refusal: '{"type":"error"',
      });
      writer.say(0, '');
      return writer;
    },
    reading: async (everySeconds) => ({
      everySeconds,
      before: '{"type":"read","room":"',
      middle: '","number":',
      after: '}',
      channels: Array.from({ length: rooms }, (_, room) => ({ name: roomName(room), base: 0 })),
    }),
  };
};
