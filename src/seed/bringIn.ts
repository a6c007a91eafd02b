import type { Id, Person } from '../../contracts/nouns.ts';
import { bringInAccounts } from '../domains/accounts/index.ts';
import { bringInCommunity } from '../domains/communities/index.ts';
import { bringInChannels, bringInMore, type Past, type PastChange, type PastChannel } from '../domains/conversations/index.ts';
import { bringInLooks } from '../domains/people/index.ts';
import type { Pool } from '../engines/postgres/index.ts';
import type { PlannedCommunity } from './communities.ts';
import type { Conversation } from './conversation.ts';
import { span } from './rhythm.ts';
import type { World } from './world.ts';

export interface Place {
  sql: Pool;
  application: Id;
  /** Of all of the people. */
  password: string;
  /** When the world ends, in milliseconds since 1970. */
  end: number;
  /** Told of every so many messages that are in. */
  came: (messages: number) => void;
  /** Ends it between two groups. */
  signal?: AbortSignal;
  /** Changes written in one transaction; 2,000 unless told. Larger groups are not faster. */
  groupSize?: number;
}

/** Brings a planned world in, by the domains' own ways for history. Answers what it made. */
export async function bringIn(world: World, place: Place): Promise<{ conversations: number; messages: number }> {
  const people = await bringInPeople(world, place);
  const personAt = (at: number): Person => {
    const person = people[at];
    if (!person) throw new Error(`the plan names a person ${at} who is not in it`);
    return person;
  };
  const communities = await bringInCommunities(world, place, personAt);

  const groupSize = place.groupSize ?? 2000;
  const made = { conversations: 0, messages: 0 };
  let group: PastChannel[] = [];
  let changes = 0;
  let writing: Promise<Id | undefined> = Promise.resolve(undefined);
  // One group is written while the next one is thought up.
  const write = async () => {
    const full = group;
    group = [];
    changes = 0;
    await writing;
    writing = place.sql
      .begin((tx) => bringInChannels(tx, full))
      .then((channels) => {
        wrote(full);
        return channels.at(-1)?.id;
      });
    made.conversations += full.length;
  };
  const wrote = (parts: readonly Past[]) => {
    const messages = parts.reduce((sum, part) => sum + part.changes.filter((change) => change.do === 'post').length, 0);
    made.messages += messages;
    place.came(messages);
  };

  for (const conversation of world.conversations()) {
    if (place.signal?.aborted) break;
    const past = toPast(conversation, { ...place, community: communities.get(conversation.community), personAt });
    const [first = past, ...more] = inParts(past, groupSize);
    group.push({ ...past, ...first });
    changes += first.changes.length;
    if (changes >= groupSize || more.length > 0) await write();
    for (const part of more) {
      const channel = await writing;
      if (channel === undefined || place.signal?.aborted) break;
      await place.sql.begin((tx) => bringInMore(tx, [{ ...part, channel }]));
      wrote([part]);
    }
  }
  await write();
  await writing;
  return made;
}

const at = ({ end }: Pick<Place, 'end'>, time: number) => new Date(end - span + time);

async function bringInPeople(world: World, place: Place): Promise<Person[]> {
  const people: Person[] = [];
  for (let from = 0; from < world.people.length; from += 1000) {
    const some = world.people.slice(from, from + 1000);
    const accounts = some.map((person) => ({ ...person, email: `${person.handle}@example.com`, createdAt: at(place, person.joinedAt) }));
    const pictures = await Promise.all(some.map(({ picture }) => (picture === null ? null : asWebp(picture))));
    const looks = some.map(({ status }, i) => ({ status, picture: pictures[i] ?? null }));
    const came = await place.sql.begin(async (tx) => {
      const made = await bringInAccounts(tx, place.application, place.password, accounts);
      await bringInLooks(
        tx,
        made.map(({ id }, i) => ({ person: id, status: looks[i]?.status ?? null, picture: looks[i]?.picture ?? null })),
      );
      return made;
    });
    people.push(...came);
  }
  return people;
}

async function asWebp(svg: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(Buffer.from(svg)).webp({ quality: 82 }).toBuffer();
}

async function bringInCommunities(world: World, place: Place, personAt: (at: number) => Person): Promise<Map<PlannedCommunity, Id>> {
  const communities = new Map<PlannedCommunity, Id>();
  for (const planned of world.communities) {
    const { subject, members, moderators } = planned;
    const past = {
      ...planned,
      application: place.application,
      description: subject.description,
      tags: subject.tags,
      createdBy: personAt(members[0]?.person ?? 0).id,
      createdAt: at(place, planned.createdAt),
      members: members.map(({ person, joinedAt }, i) => ({
        person: personAt(person).id,
        role: i === 0 ? ('owner' as const) : moderators.has(person) ? ('moderator' as const) : ('member' as const),
        joinedAt: at(place, joinedAt),
      })),
    };
    const { id } = await place.sql.begin((tx) => bringInCommunity(tx, past));
    communities.set(planned, id);
  }
  return communities;
}

/** Who has read how far comes with the last part, when all is there to be read. */
function inParts({ changes, reads }: Past, size: number): Past[] {
  const parts = Math.ceil(changes.length / size);
  return Array.from({ length: parts }, (_, i) => ({
    changes: changes.slice(i * size, (i + 1) * size),
    reads: i === parts - 1 ? reads : [],
  }));
}

interface Known extends Pick<Place, 'application' | 'end'> {
  community: Id | undefined;
  personAt: (at: number) => Person;
}

function toPast(conversation: Conversation, known: Known): PastChannel {
  const { application, community, personAt } = known;
  const ms = (time: number) => at(known, time).getTime();
  const { kind, name, topic, tags, people, createdBy } = conversation;
  const inCommunity = kind === 'discussion' || kind === 'chat';
  const creator = personAt(createdBy).id;
  const members = kind === 'chat' ? [createdBy] : people;
  return {
    application,
    kind,
    visibility: inCommunity ? 'public' : 'private',
    createdBy: creator,
    createdAt: at(known, conversation.createdAt),
    ...(inCommunity && community !== undefined ? { community } : {}),
    ...(name === undefined ? {} : { name }),
    ...(topic === undefined ? {} : { topic }),
    tags,
    members: members.map((person) => ({
      person: personAt(person).id,
      role: person === createdBy && kind !== 'direct' ? 'owner' : 'member',
    })),
    changes: conversation.changes.map((change): PastChange => ({ ...change, at: ms(change.at), by: personAt(change.by) })),
    reads: conversation.reads.map((read) => ({ person: personAt(read.person).id, number: read.number, at: ms(read.at) })),
  };
}
