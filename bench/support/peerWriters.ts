/** Peers' chats with writers: each alone in a room, where hearing one's own message is the acknowledgement. */
import { startSocketioRooms } from '../peers/socketio/socketio.ts';
import { startWsRooms } from '../peers/ws/ws.ts';
import { ingestInto } from './ingest.ts';
import type { StartRooms } from './rooms.ts';
import { clientFrame } from './sink.ts';
import { dueHere, serialHere, withRoom } from './source.ts';
import type { Contender } from './work.ts';

const text = `~${serialHere}.${dueHere}~ The beans are up, the snails know it already, and it has rained on us since.`;

interface Peer {
  about: string;
  start: StartRooms;
  /** A message for that room, as its client sends it. */
  message(room: string): string;
  refusal: string;
  /** What it asks to hear that a client is there, and the answer. */
  beat?: { to: Buffer; send: Buffer };
}

const wsPeer: Peer = {
  about: 'ws 8, one INSERT (fsync) each; the answer is the own message',
  start: startWsRooms,
  message: (room) => JSON.stringify({ type: 'send', room, body: text }),
  refusal: '{"type":"error"',
};

const socketioPeer: Peer = {
  about: 'Socket.IO 4.8, one INSERT (fsync) each; the answer is the own message',
  start: startSocketioRooms,
  message: (room) => `42${JSON.stringify(['send', room, text])}`,
  refusal: '42["problem"',
  beat: { to: Buffer.from([0x81, 0x01, 0x32]), send: clientFrame('3') },
};

function peerIngest({ about, start, message, refusal, beat }: Peer): Contender {
  return {
    about,
    async start(options) {
      const { channels = 1 } = options;
      const rooms = await start({ rooms: channels, readers: channels, writers: 0, openOf: (i) => [i] });
      return await ingestInto(
        {
          messages: Array.from({ length: channels }, (_, room) => clientFrame(withRoom(message(`room-${room}`)))),
          writers: Array.from({ length: channels }, (_, i) => rooms.reader(i)),
          answer: '"body":"~',
          refusals: [refusal],
          ...(beat && { reply: beat }),
          pids: rooms.pids,
          databaseUrl: rooms.databaseUrl ?? null,
          stop: rooms.stop,
        },
        options,
      );
    },
  };
}

export const wsIngest = peerIngest(wsPeer);
export const socketioIngest = peerIngest(socketioPeer);
