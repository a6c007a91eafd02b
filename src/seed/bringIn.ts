import type { Id, Person } from '../../contracts/nouns.ts';
import { bringInAccounts } from '../domains/accounts/index.ts';
import { bringInCommunity } from '../domains/communities/index.ts';
import { bringInChannels, type PastChange, type PastChannel } from '../domains/conversations/index.ts';
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
}

/** Changes written in one transaction. Larger groups are not faster. */
const groupSize = 2000;

/** Brings a planned world in, by the domains' own ways for history. Answers what it made. */
export async function bringIn(
  world: World,
  { sql, application, password, end, came, signal }: Place,
): Promise<{ conversations: number; messages: number }> {
  const at = (time: number) => new Date(end - span + time);
  const people: Person[] = [];
  for (let from = 0; from < world.people.length; from += 1000) {
    const some = world.people.slice(from, from + 1000);
    const accounts = some.map((person) => ({ ...person, email: `${person.handle}@example.com`, createdAt: at(person.joinedAt) }));
    people.push(...(await sql.begin((tx) => bringInAccounts(tx, application, password, accounts))));
  }
  const personAt = (place: number): Person => {
    const person = people[place];
    if (!person) throw new Error(`the plan names a person ${place} who is not in it`);
    return person;
  };

  const communities = new Map<PlannedCommunity, Id>();
  for (const planned of world.communities) {
    const { subject, members, moderators } = planned;
    const { id } = await sql.begin((tx) =>
      bringInCommunity(tx, {
        ...planned,
        application,
        description: subject.description,
        tags: subject.tags,
        createdBy: personAt(members[0]?.person ?? 0).id,
        createdAt: at(planned.createdAt),
        members: members.map(({ person, joinedAt }, i) => ({
          person: personAt(person).id,
          role: i === 0 ? 'owner' : moderators.has(person) ? 'moderator' : 'member',
          joinedAt: at(joinedAt),
        })),
      }),
    );
    communities.set(planned, id);
  }

  const made = { conversations: 0, messages: 0 };
  let group: PastChannel[] = [];
  let changes = 0;
  let writing: Promise<unknown> = Promise.resolve();
  // One group is written while the next one is thought up.
  const write = async () => {
    const full = group;
    const messages = full.reduce((sum, channel) => sum + channel.changes.filter((change) => change.do === 'post').length, 0);
    group = [];
    changes = 0;
    await writing;
    writing = sql.begin((tx) => bringInChannels(tx, full)).then(() => came(messages));
    made.conversations += full.length;
    made.messages += messages;
  };
  for (const conversation of world.conversations()) {
    if (signal?.aborted) break;
    group.push(toPast(conversation, { application, community: communities.get(conversation.community), personAt, at }));
    changes += conversation.changes.length;
    if (changes >= groupSize) await write();
  }
  await write();
  await writing;
  return made;
}

interface Known {
  application: Id;
  community: Id | undefined;
  personAt: (place: number) => Person;
  at: (time: number) => Date;
}

function toPast(conversation: Conversation, { application, community, personAt, at }: Known): PastChannel {
  const { kind, name, topic, tags, people, createdBy } = conversation;
  const inCommunity = kind === 'discussion' || kind === 'chat';
  const creator = personAt(createdBy).id;
  const members = kind === 'chat' ? [createdBy] : people;
  return {
    application,
    kind,
    visibility: inCommunity ? 'public' : 'private',
    createdBy: creator,
    createdAt: at(conversation.createdAt),
    ...(inCommunity && community !== undefined ? { community } : {}),
    ...(name === undefined ? {} : { name }),
    ...(topic === undefined ? {} : { topic }),
    tags,
    members: members.map((person) => ({
      person: personAt(person).id,
      role: person === createdBy && kind !== 'direct' ? 'owner' : 'member',
    })),
    changes: conversation.changes.map((change): PastChange => ({ ...change, at: at(change.at).getTime(), by: personAt(change.by) })),
    reads: conversation.reads.map((read) => ({ person: personAt(read.person).id, number: read.number, at: at(read.at).getTime() })),
  };
}
