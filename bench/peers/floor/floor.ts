/**
 * The limit of the machine: a small C program that does nothing but what no server can avoid. It takes messages and writes
 * each to its readers, in frames as long as Plaza's; what comes while it writes goes out with the next write, as at Plaza.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ServerFrame } from '../../../contracts/wire.ts';
import { within } from '../../../journeys/support/wait.ts';
import { bytes, startNative } from '../../support/native.ts';
import { plazaBeat, type StartRooms } from '../../support/rooms.ts';

export const aboutFloor = 'the limit of this machine: a C program that writes to sockets and does nothing else, neither disk nor rights';

const body = '@';
const [channel, author, at] = ['117722431786844168', '117722431543574532', '2026-11-21T20:26:55.849Z'];
/** As Plaza sends it. */
const posted: ServerFrame = {
  type: 'events',
  channel,
  events: [
    {
      type: 'posted',
      channel,
      version: 1000,
      by: { id: author, handle: 'reader1000', name: 'Reader 1000', bot: false, avatar: null },
      message: {
        ...{
          channel,
          number: 1000,
          version: 1000,
          author,
          key: '0.10000.1000',
          body,
          replyTo: null,
          reactions: [],
          mentions: [],
          link: null,
        },
        ...{ createdAt: at, editedAt: null, deletedAt: null, pinnedAt: null },
      },
    },
  ],
};

export const startFloorRooms: StartRooms = async ({ rooms, openOf }) => {
  const floor = startNative(join(import.meta.dirname, 'floor.c'));
  const [before = '', after = ''] = JSON.stringify(posted).split(body);
  floor.tell('C', [bytes(before), bytes(after)]);
  const port = Number((await floor.hear('its port'))['port']);
  return {
    pids: [floor.pid],
    sink: { framing: 'websocket', every: plazaBeat },
    reader: (i) => ({ port, opening: [{ send: `join ${openOf(i).join(' ')}\n` }, { await: '\r\n\r\n' }] }),
    async writer() {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await within(once(socket, 'connect'), 'a writer to connect');
      let refused = 0;
      socket.on('error', () => socket.destroy());
      return {
        say(room, text) {
          if (socket.writable) socket.write(`${room} ${text}\n`);
          else refused++;
        },
        refused: () => refused,
        close: () => socket.destroy(),
      };
    },
    reading: async (everySeconds) => ({
      everySeconds,
      before: '{"type":"read","channel":"',
      middle: '","number":',
      after: '}',
      channels: Array.from({ length: rooms }, () => ({ name: channel, base: 0 })),
    }),
    stop: floor.close,
  };
};
