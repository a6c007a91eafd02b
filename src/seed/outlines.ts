import { type Chance, createChance } from './chance.ts';
import type { PlannedCommunity } from './communities.ts';
import type { PlannedPerson } from './people.ts';
import { day, hour, moment, span } from './rhythm.ts';

/** A conversation before anybody has said a word: who, where, from when on, and how much will be said. */
export interface Outline {
  kind: 'discussion' | 'chat' | 'group' | 'direct';
  community: PlannedCommunity;
  /** A chat's or group's; a discussion gets its title with its talk. */
  name?: string;
  topic?: string;
  /** Groups and direct channels: places in the world's people. */
  people: readonly number[];
  createdAt: number;
  messages: number;
  /** Of a discussion: how many its community had before. Subjects take turns, so that the latest are not all of one. */
  turn?: number;
}

const groupNames = [
  'Saturday',
  'Kitchen table',
  'The usual suspects',
  'Planning',
  'Weekend',
  'Carpool',
  'Book swap',
  'Neighbours',
  'Birthday',
  'Team',
  'Trip',
  'Music',
];

/** Conversations that add up to exactly so many messages, in the order in which they began. */
export function planOutlines(
  seed: number,
  people: readonly PlannedPerson[],
  communities: readonly PlannedCommunity[],
  messages: number,
): Outline[] {
  const chance = createChance(seed, 'outlines');
  const weighted = communities.slice(1).map((community, i) => ({ value: community, weight: community.members.length ** 1.1 / (i + 3) }));
  const outlines = [
    ...planDiscussions(chance, weighted, Math.round(messages * 0.42)),
    ...planDirects(chance, people, weighted, Math.round(messages * 0.16)),
    ...planGroups(chance, people, weighted, Math.round(messages * 0.08)),
  ];
  const said = outlines.reduce((sum, outline) => sum + outline.messages, 0);
  return [...outlines, ...planChats(communities, messages - said)].sort((a, b) => a.createdAt - b.createdAt);
}

type Weighted = readonly { value: PlannedCommunity; weight: number }[];

function planDiscussions(chance: Chance, communities: Weighted, messages: number): Outline[] {
  const outlines: Outline[] = [];
  for (let left = messages; left > 0; ) {
    const community = chance.weighted(communities);
    const size = Math.min(left, 120, 1 + Math.floor(chance.lognormal(6, 0.85)));
    outlines.push({
      kind: 'discussion',
      community,
      people: [],
      createdAt: moment(chance, community.createdAt + hour, span - hour, 1),
      messages: size,
    });
    left -= size;
  }
  const turns = new Map<PlannedCommunity, number>();
  return outlines
    .sort((a, b) => a.createdAt - b.createdAt)
    .map((outline) => {
      const turn = turns.get(outline.community) ?? 0;
      turns.set(outline.community, turn + 1);
      return { ...outline, turn };
    });
}

/** Between members of the same community, each pair once. */
function planDirects(chance: Chance, people: readonly PlannedPerson[], communities: Weighted, messages: number): Outline[] {
  const pairs = new Set<string>();
  const outlines: Outline[] = [];
  for (let left = messages, tries = 0; left > 0 && tries < messages * 4; tries++) {
    const community = chance.weighted(communities);
    const two = twoOf(chance, community);
    const pair = two.join('-');
    if (two.length < 2 || pairs.has(pair)) continue;
    pairs.add(pair);
    const size = Math.min(left, 400, 2 + Math.floor(chance.lognormal(14, 0.9)));
    outlines.push({ kind: 'direct', community, people: two, createdAt: begin(chance, people, two, community), messages: size });
    left -= size;
  }
  return outlines;
}

function twoOf(chance: Chance, { members }: PlannedCommunity): number[] {
  const places = [members[chance.zipf(members.length)], members[chance.whole(0, members.length - 1)]].flatMap(
    (member) => member?.person ?? [],
  );
  return [...new Set(places)].sort((a, b) => a - b);
}

function planGroups(chance: Chance, people: readonly PlannedPerson[], communities: Weighted, messages: number): Outline[] {
  const outlines: Outline[] = [];
  for (let left = messages, tries = 0; left > 0 && tries < messages; tries++) {
    const community = chance.weighted(communities);
    const members = chance.some(community.members, chance.whole(3, 8)).map(({ person }) => person);
    if (members.length < 3) continue;
    const size = Math.min(left, 1500, 10 + Math.floor(chance.lognormal(60, 0.8)));
    const name = chance.is(0.8) ? chance.pick(groupNames) : undefined;
    outlines.push({
      kind: 'group',
      community,
      people: members,
      createdAt: begin(chance, people, members, community),
      messages: size,
      ...(name === undefined ? {} : { name }),
    });
    left -= size;
  }
  return outlines;
}

/** Some time after all of them were there. */
function begin(chance: Chance, people: readonly PlannedPerson[], members: readonly number[], community: PlannedCommunity): number {
  const together = Math.max(community.createdAt, ...members.map((member) => people[member]?.joinedAt ?? 0));
  return moment(chance, together + hour, Math.max(together + day, span - 3 * day), people[members[0] ?? 0]?.zone ?? 0);
}

/** `general` and the subject's own, in every community; what is left to be said is said there. */
function planChats(communities: readonly PlannedCommunity[], messages: number): Outline[] {
  const chats = communities.flatMap((community) => {
    const topics = [{ name: 'general', topic: '' }, ...community.subject.chats.filter(({ name }) => name !== 'general')];
    return topics.map(({ name, topic }, i) => ({
      community,
      name,
      topic,
      createdAt: community.createdAt + i * hour,
      weight: Math.sqrt(community.members.length) / (i + 1),
    }));
  });
  const all = chats.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  return chats.map(({ community, name, topic, createdAt, weight }): Outline => {
    // By cumulated shares, so that they add up whatever the rounding.
    const from = Math.round((before / all) * messages);
    before += weight;
    return { kind: 'chat', community, name, topic, people: [], createdAt, messages: Math.round((before / all) * messages) - from };
  });
}
