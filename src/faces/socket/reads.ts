import type { Id, Message, Person } from '../../../contracts/nouns.ts';
import type { ClientFrame, MyChannel, MyCommunity, MyMark, ServerFrame } from '../../../contracts/wire.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import { readMarks } from '../marks.ts';
import { shareBytes } from './packet.ts';
import type { Pages } from './pages.ts';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

/** Messages that come along with a channel that is opened without telling what is had. */
const lastPage = 50;

export interface MyLists {
  communities: MyCommunity[];
  channels: MyChannel[];
}

/** What a side bar needs. */
export async function readLists(doors: Doors, who: Who): Promise<MyLists> {
  const [communities, channels] = await Promise.all([doors.communities.mine(who), doors.conversations.mine(who)]);
  return { communities, channels };
}

/** A channel as it opens: its last page, or what changed since. The log's part is read first; the domain checks access after. */
export async function readJoined(
  { doors, pages }: { doors: Doors; pages: Pages },
  who: Who,
  { channel: id, since }: { channel: Id; since?: number },
): Promise<Frame<'joined'>> {
  const { conversations } = doors;
  if (since !== undefined) {
    const { log, channel, read } = await conversations.entered(who, await pages.since(id, since));
    const { version, number, messages, gap } = log;
    shareBytes(messages);
    const extras = await readExtras(doors, who, id, messages);
    return { type: 'joined', channel, since, version, number, read, messages, ...extras, gap };
  }
  const log = await readLast(doors, who, id);
  const [channel, [read = 0], extras] = await Promise.all([
    conversations.channel(who, id),
    conversations.reads(who, [id]),
    readExtras(doors, who, id, log.messages),
  ]);
  const { version, number, messages, gap } = log;
  return { type: 'joined', channel, version, number, read, messages, ...extras, gap };
}

async function readLast({ conversations }: Doors, who: Who, channel: Id) {
  const { messages, head } = await conversations.page(who, { channel, limit: lastPage });
  return { version: head.version, number: head.number, messages, gap: false };
}

export async function readSynced(doors: Doors, who: Who, { channel, since }: { channel: Id; since: number }): Promise<Frame<'synced'>> {
  const { version, number, details, messages, gap } = await doors.conversations.since(who, { channel, version: since });
  const extras = await readExtras(doors, who, channel, messages);
  return { type: 'synced', channel, since, version, number, ...(details && { details }), messages, ...extras, gap };
}

export async function readPaged(doors: Doors, who: Who, frame: Extract<ClientFrame, { type: 'page' }>): Promise<Frame<'paged'>> {
  const { channel, before, after, around, limit } = frame;
  const { messages, more, head } = await doors.conversations.page(who, { channel, before, after, around, limit });
  const extras = await readExtras(doors, who, channel, messages);
  return { type: 'paged', channel, version: head.version, messages, ...extras, more };
}

/** What a client needs to draw these messages: their authors, and what it left on them itself. */
async function readExtras(
  doors: Doors,
  who: Who,
  channel: Id,
  messages: readonly Message[],
): Promise<{ mine: MyMark[]; people: Person[] }> {
  if (messages.length === 0) return { mine: [], people: [] };
  const [mine, people] = await Promise.all([
    readMarks(doors, who, channel, messages),
    readPeople(doors, who, [...new Set(messages.map((message) => message.author))]),
  ]);
  return { mine, people };
}

export async function readPeople({ people }: Doors, who: Who, ids: readonly Id[]): Promise<Person[]> {
  const profiles = await people.profiles(who, ids);
  return profiles.flatMap((profile) => (profile ? [toPerson(profile)] : []));
}

function toPerson({ id, handle, name, bot, avatar }: Person): Person {
  return { id, handle, name, bot, avatar };
}
