import { type Chance, createChance } from './chance.ts';
import type { PlannedPerson } from './people.ts';
import { day, hour, span } from './rhythm.ts';
import type { Subject } from './subjects.ts';

export interface Membership {
  /** Place in the world's people. */
  person: number;
  joinedAt: number;
}

export interface PlannedCommunity {
  subject: Subject;
  name: string;
  official: boolean;
  visibility: 'public' | 'private';
  createdAt: number;
  /** The founder, who is the owner, then the others in order of how active they are here. */
  members: Membership[];
  moderators: ReadonlySet<number>;
}

const towns = [
  'Lisbon',
  'Lagos',
  'Kraków',
  'Montréal',
  'Jakarta',
  'Valparaíso',
  'Brno',
  'Nairobi',
  'Leeds',
  'Izmir',
  'Oaxaca',
  'Turku',
  'Pune',
  'Graz',
];

/** One that everybody is in, and then the larger the place, the more of them: subjects first, then their local groups. */
export function planCommunities(
  seed: number,
  people: readonly PlannedPerson[],
  subjects: readonly Subject[],
  everyday: Subject,
): PlannedCommunity[] {
  const chance = createChance(seed, 'communities');
  const count = Math.min(Math.max(2, Math.round(Math.sqrt(people.length) * 0.8)), subjects.length * (1 + towns.length));
  const order = chance.some(subjects, subjects.length);
  const square: PlannedCommunity = {
    subject: everyday,
    name: 'Town Square',
    official: true,
    visibility: 'public',
    createdAt: 0,
    members: byActivity(
      chance,
      people.map(({ joinedAt }, person) => ({ person, joinedAt })),
      0,
    ),
    moderators: new Set(),
  };
  const communities = Array.from({ length: count }, (_, i): PlannedCommunity => {
    const subject = order[i % order.length] ?? everyday;
    const round = Math.floor(i / order.length);
    const createdAt = Math.floor(hour + (i / count) * 0.45 * (span - 2 * day));
    const here = people.filter(({ joinedAt }) => joinedAt <= createdAt).length;
    return {
      subject,
      name: round === 0 ? subject.name : `${subject.name}, ${towns[(round - 1) % towns.length]}`,
      official: false,
      visibility: i % 9 === 8 ? 'private' : 'public',
      createdAt,
      members: [{ person: chance.zipf(here), joinedAt: createdAt }],
      moderators: new Set(),
    };
  });
  people.forEach((person, place) => {
    for (const community of someOf(chance, communities)) {
      const joinedAt = Math.max(person.joinedAt, community.createdAt) + Math.floor(chance.next() ** 3 * 5 * day);
      if (community.members[0]?.person !== place) community.members.push({ person: place, joinedAt });
    }
  });
  for (const community of communities) {
    community.members = byActivity(chance, community.members, community.members[0]?.person ?? 0);
    community.moderators = new Set(community.members.slice(1, Math.ceil(community.members.length / 40)).map(({ person }) => person));
  }
  return [square, ...communities];
}

/** One to seven of them, the first ones more often. */
function someOf(chance: Chance, communities: readonly PlannedCommunity[]): Set<PlannedCommunity> {
  const wanted = Math.min(7, Math.floor(chance.lognormal(2.2, 0.6)) + 1);
  const chosen = new Set<PlannedCommunity>();
  for (let i = 0; i < wanted; i++) {
    const community = communities[chance.zipf(communities.length)];
    if (community) chosen.add(community);
  }
  return chosen;
}

/** The founder first; whoever is early on the list of people writes more, wherever it may be, though not in the same order everywhere. */
function byActivity(chance: Chance, members: readonly Membership[], founder: number): Membership[] {
  const ranked = members.map((member) => ({
    member,
    rank: member.person === founder ? -1 : ((member.person * 7919) % members.length) * chance.next(),
  }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ member }) => member);
}
