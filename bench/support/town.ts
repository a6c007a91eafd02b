/** A place with people who are each in twenty channels: two communities of ten chats. */
import type { Id } from '../../contracts/nouns.ts';
import { bringInMore } from '../../src/domains/conversations/index.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import { markedText } from './openLoop.ts';
import type { Member, Plaza } from './plaza.ts';

const chatsOfOne = 10;
const communitiesOfOne = 2;
/** People of one community. */
const people = 40;
/** Changes that are written in one transaction. */
const atOnce = 2000;

export interface Town {
  /** One listener for each person, with one channel open, spread over the servers. */
  crowd: Crowd;
  /** The channels that somebody has open. */
  open: readonly Id[];
  /** Posts messages with the marks of these numbers in each of the open channels, through the log's own way to write. */
  post(first: number, count: number): Promise<void>;
}

/** @param sockets how many people, each with one socket. @param open how many of the twenty channels each has open */
export async function buildTown(plaza: Plaza, sockets: number, open: number): Promise<Town> {
  const members = await plaza.people(sockets);
  const [first] = members;
  if (!first) throw new Error('A town needs people.');
  const towns = Math.max(2, Math.ceil((sockets * communitiesOfOne) / people));
  const chats: Id[][] = [];
  for (let from = 0; from < towns; from += 32) {
    const some = Array.from({ length: Math.min(32, towns - from) }, (_, i) => foundCommunity(plaza, membersOf(members, towns, from + i)));
    chats.push(...(await Promise.all(some)));
  }
  // As the database does by itself within a minute or so.
  await plaza.sql`vacuum (analyze)`;
  const opened = members.map((_, i) =>
    communitiesOf(i, towns)
      .flatMap((town) => chats[town] ?? [])
      .slice(0, open),
  );
  const used = [...new Set(opened.flat())];
  const crowd = await gatherCrowd(
    members.map(({ token }, i) => ({
      host: '127.0.0.1',
      port: plaza.ports[i % plaza.ports.length] ?? 0,
      token,
      channels: opened[i] ?? [],
    })),
  );
  const by = { id: first.id, handle: first.handle, name: first.handle, bot: false, avatar: null };
  return {
    crowd,
    open: used,
    async post(number, count) {
      const posts = Array.from({ length: count }, (_, k) => ({
        at: Date.now(),
        by,
        do: 'post' as const,
        body: markedText(number + k, process.hrtime.bigint()),
        replyTo: null,
      }));
      const channels = Math.max(1, Math.floor(atOnce / count));
      for (let from = 0; from < used.length; from += channels) {
        const past = used.slice(from, from + channels).map((channel) => ({ channel, changes: posts, reads: [] }));
        await plaza.sql.begin((tx) => bringInMore(tx, past));
      }
    },
  };
}

/** Two communities of person `i`, never the same one twice. */
function communitiesOf(i: number, towns: number): number[] {
  const one = i % towns;
  const other = (one + 1 + (Math.floor(i / towns) % (towns - 1))) % towns;
  return [one, other];
}

function membersOf(members: readonly Member[], towns: number, town: number): Id[] {
  return members.filter((_, i) => communitiesOf(i, towns).includes(town)).map(({ id }) => id);
}

async function foundCommunity(plaza: Plaza, members: readonly Id[]): Promise<Id[]> {
  const [founder] = members;
  if (founder === undefined) return [];
  const community = await plaza.community(members);
  return await plaza.channels({ count: chatsOfOne, kind: 'chat', community, createdBy: founder });
}
