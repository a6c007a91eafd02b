/** Servers on which people write and read in rooms, as the works of delivery see them all. */
import type { Id } from '../../contracts/nouns.ts';
import { startPlaza } from './plaza.ts';
import { clientFrame, plazaOpening, type Reader, type Reading, type SinkOptions } from './sink.ts';
import { openWriter } from './writer.ts';

export interface RoomsWanted {
  rooms: number;
  readers: number;
  writers: number;
  /** The rooms that a reader hears all of. */
  openOf(reader: number): readonly number[];
  /** The rooms that a reader is in, open or not; the open ones unless told. */
  memberOf?(reader: number): readonly number[];
  /** The one who writes in a room, where not all do. */
  writerOf?(room: number): number;
  /** Servers on one database, for those who can. */
  processes?: number;
}

export interface Writer {
  say(room: number, text: string): void;
  /** How many sends were refused so far. */
  refused(): number;
  close(): void;
}

export interface Rooms {
  /** All server processes are these and their descendants, the database included. */
  pids: readonly number[];
  /** Where its PostgreSQL is, if that is one of `startPostgres`. */
  databaseUrl?: string;
  sink: Pick<SinkOptions, 'framing' | 'answers' | 'every'>;
  reader(i: number): Pick<Reader, 'port' | 'opening'>;
  writer(i: number): Promise<Writer>;
  /** How readers say how far they have read, where the server knows that. */
  reading?(everySeconds: number): Promise<Reading>;
  stop(): Promise<void>;
}

export type StartRooms = (wanted: RoomsWanted) => Promise<Rooms>;

/** Larger rooms are private chats of a community, where the people of it show nobody who is online. */
const largestGroup = 50;
/** What Plaza's readers send so that they are not taken for dead. */
export const plazaBeat = { seconds: 40, send: clientFrame('{"type":"ping"}') };

export const startPlazaRooms: StartRooms = async (wanted) => {
  const { rooms, readers, writers, openOf, memberOf = openOf, writerOf, processes = 1 } = wanted;
  const plaza = await startPlaza({ processes });
  try {
    const people = await plaza.people(readers + writers);
    const personOf = (i: number): Id => people[i]?.id ?? '';
    const community = await plaza.community(people.map(({ id }) => id));
    let channels: Id[];
    if (rooms === 1) channels = await plaza.channels({ count: 1, kind: 'chat', community, createdBy: personOf(readers) });
    else {
      const members: Id[][] = Array.from({ length: rooms }, (_, room) => [personOf(readers + (writerOf?.(room) ?? 0))]);
      for (let i = 0; i < readers; i++) for (const room of memberOf(i)) members[room]?.push(personOf(i));
      channels = await plaza.privateChannels(members.map((some) => ({ members: some, ...(some.length > largestGroup && { community }) })));
    }
    await plaza.sql`analyze`;
    const portOf = (i: number) => plaza.ports[i % plaza.ports.length] ?? 0;
    return {
      pids: plaza.pids,
      sink: { framing: 'websocket', every: plazaBeat },
      reader: (i) => {
        const open = openOf(i).map((room) => channels[room] ?? '');
        return { port: portOf(i), opening: plazaOpening({ port: portOf(i), token: people[i]?.token ?? '', channels: open }) };
      },
      writer: (i) =>
        openWriter({
          url: `ws://127.0.0.1:${portOf(i)}/socket`,
          protocol: 'plaza.v1',
          opening: [[JSON.stringify({ type: 'hello', token: people[readers + i]?.token }), '{"type":"ready"']],
          message: (room, body, n) => JSON.stringify({ type: 'send', channel: channels[room], key: `${i}.${process.pid}.${n}`, body }),
          refusal: '{"type":"error"',
          ping: '{"type":"ping"}',
        }),
      async reading(everySeconds) {
        const heads = await plaza.sql<{ channel: Id; number: number }[]>`
          select channel, number from channel_heads where channel = any(${channels}::bigint[])`;
        const bases = new Map(heads.map(({ channel, number }) => [channel, number]));
        return {
          everySeconds,
          before: '{"type":"read","channel":"',
          middle: '","number":',
          after: '}',
          channels: channels.map((name) => ({ name, base: bases.get(name) ?? 0 })),
        };
      },
      stop: plaza.stop,
    };
  } catch (error) {
    await plaza.stop();
    throw error;
  }
};
