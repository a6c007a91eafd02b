/** How readers and writers come into chat rooms by XMPP, over plain TCP, as guests. */
import { connect, type Socket } from 'node:net';
import { within } from '../../journeys/support/wait.ts';
import type { Rooms, RoomsWanted, Writer } from '../support/rooms.ts';
import type { Step } from '../support/sink.ts';

/** A server of somebody else's, with its database. */
export interface XmppServer {
  /** Where it takes XMPP, on 127.0.0.1. */
  port: number;
  /** All its processes are these and their descendants. */
  pids: readonly number[];
  stop(): Promise<void>;
}

export function xmppRooms(server: XmppServer, { rooms, openOf, writerOf }: RoomsWanted): Rooms {
  const { port, pids, stop } = server;
  const all = Array.from({ length: rooms }, (_, room) => room);
  return {
    pids,
    sink: { framing: 'raw' },
    reader: (i) => ({ port, opening: opening(`reader${i}`, openOf(i)) }),
    writer: (i) => openWriter(port, opening(`writer${i}`, writerOf ? all.filter((room) => writerOf(room) === i) : all)),
    stop,
  };
}

const stream = `<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
const roomAddress = (room: number) => `room${room}@conference.localhost`;

function opening(name: string, rooms: readonly number[]): Step[] {
  return [
    { send: stream },
    { await: '</stream:features>' },
    { send: `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>` },
    { await: '<success' },
    { send: stream },
    { await: '</stream:features>' },
    { send: `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>` },
    { await: '</iq>' },
    ...rooms.flatMap((room): Step[] => [
      {
        send: `<presence to='${roomAddress(room)}/${name}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`,
      },
      // The subject is the last that one who enters is told.
      { await: '<subject' },
    ]),
  ];
}

/** The texts it says have nothing in them that XML escapes. A room tells everybody, so the writer hears itself. */
async function openWriter(port: number, steps: readonly Step[]): Promise<Writer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await within(play(socket, steps), 'a writer to come into its rooms');
  let refused = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (chunk.includes(`type='error'`)) refused++;
  });
  return {
    say(room, text) {
      if (socket.writable) socket.write(`<message to='${roomAddress(room)}' type='groupchat'><body>${text}</body></message>`);
      else refused++;
    },
    refused: () => refused,
    close: () => socket.destroy(),
  };
}

async function play(socket: Socket, steps: readonly Step[]): Promise<void> {
  let heard = '';
  let wake = () => {};
  const take = (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    wake();
  };
  socket.on('data', take);
  const failed = new Promise<never>((_, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`The server closed a writer, after: ${heard.slice(-500)}`)));
  });
  // Once it is in it is the sends that tell.
  failed.catch(() => {});
  for (const step of steps) {
    if ('send' in step) {
      socket.write(step.send);
      continue;
    }
    while (!heard.includes(step.await)) {
      const more = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([more, failed]);
    }
    heard = heard.slice(heard.indexOf(step.await) + step.await.length);
  }
  socket.off('data', take);
}
