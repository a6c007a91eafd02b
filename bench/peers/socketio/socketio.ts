/** How readers and writers come to the chat of server.ts, by Socket.IO's protocol 5 over Engine.IO's 4. */
import { join } from 'node:path';
import type { StartRooms } from '../../support/rooms.ts';
import { clientFrame, type Step, upgradeRequest } from '../../support/sink.ts';
import { openWriter } from '../../support/writer.ts';
import { startNodeServer } from '../node.ts';

const path = '/socket.io/?EIO=4&transport=websocket';
const roomName = (room: number) => `room-${room}`;

export const startSocketioRooms: StartRooms = async ({ rooms, openOf }) => {
  const { port, ...server } = await startNodeServer(join(import.meta.dirname, 'server.ts'));
  return {
    ...server,
    sink: { framing: 'websocket', answers: [{ on: '2', send: clientFrame('3') }] },
    reader: (i) => ({
      port,
      opening: [
        { send: upgradeRequest(port, `${path}&name=reader${i}`) },
        { await: '\r\n\r\n' },
        { await: '0{"sid"' },
        { send: clientFrame('40') },
        { await: '40{"sid"' },
        ...openOf(i).flatMap((room, n): Step[] => [
          { send: clientFrame(`42${n}${JSON.stringify(['join', roomName(room)])}`) },
          { await: `43${n}[]` },
        ]),
      ],
    }),
    writer: (i) =>
      openWriter({
        url: `ws://127.0.0.1:${port}${path}&name=writer${i}`,
        opening: [
          ['', '0{"sid"'],
          ['40', '40{"sid"'],
        ],
        message: (room, body) => `42${JSON.stringify(['send', roomName(room), body])}`,
        refusal: '42["problem"',
        answer: { on: '2', send: '3' },
      }),
    reading: async (everySeconds) => ({
      everySeconds,
      before: '42["read","',
      middle: '",',
      after: ']',
      channels: Array.from({ length: rooms }, (_, room) => ({ name: roomName(room), base: 0 })),
    }),
  };
};
