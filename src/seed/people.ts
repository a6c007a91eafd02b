import { createChance } from './chance.ts';
import { createNames } from './names.ts';
import { drawPicture } from './pictures.ts';
import { day, span } from './rhythm.ts';
import type { Subject } from './subjects.ts';

export interface PlannedPerson {
  handle: string;
  name: string;
  about: string;
  interests: string[];
  /** In milliseconds since the world began, like all times of a plan. */
  joinedAt: number;
  /** Hours that the clock is ahead of UTC. */
  zone: number;
  status: { emoji: string; text: string } | null;
  /** A drawing as SVG; null for those who show their initials. */
  picture: string | null;
}

/** Each takes a moment to be drawn; where there are thousands, the first few hundred are seen most. */
const mostPictures = 200;

const abouts = [
  'Mostly here for {0}. Slowly getting better at it.',
  '{0} in the evening, {1} at the weekend.',
  'Asks a lot of questions about {0}.',
  'Reads more than writes. {0}, {1}.',
  'Two children, one dog, too little time for {0}.',
  'Fifteen years of {0} and still surprised every week.',
  'New here! Interested in {0} and {1}.',
  'By day in an office, otherwise {0}.',
  'Happy to help with {0}.',
  '',
];

const statuses = [
  { emoji: '🏖️', text: 'Away until Monday' },
  { emoji: '🎧', text: 'Heads down, answers in the evening' },
  { emoji: '🌱', text: 'In the garden' },
  { emoji: '☕', text: 'Back in a moment' },
  { emoji: '🤒', text: 'Off sick' },
  { emoji: '📚', text: 'Reading more than writing' },
  { emoji: '🚆', text: 'On a train, the net comes and goes' },
  { emoji: '🎉', text: '' },
];

/** Handles that are never used: the platform's own words, and those in `taken`. */
export function planPeople(
  seed: number,
  count: number,
  subjects: readonly Subject[],
  taken: ReadonlySet<string> = new Set(),
): PlannedPerson[] {
  const chance = createChance(seed, 'people');
  const name = createNames(seed, chance);
  const used = new Set(taken);
  const english = subjects.filter(({ language }) => language === 'en');
  const topics = english.flatMap(({ tags }) => tags);
  const hobbies = english.flatMap(({ tags }) => tags.slice(0, 1));
  const people = Array.from({ length: count }, (_, i): PlannedPerson => {
    const { name: called, plain, zone } = name();
    const two = chance.some(hobbies, 2);
    const interests = [...new Set([...two, ...chance.some(topics, chance.whole(0, 4))])];
    const about = chance.pick(abouts).replace(/\{(\d)\}/g, (_match, place: string) => two[Number(place)] ?? 'this');
    const handle = freeHandle(plain, used, () => String(chance.whole(2, 99)));
    used.add(handle);
    // A few are here from the first days, the others come over the weeks, and hardly anybody in the last one.
    const joinedAt = i === 0 ? 0 : chance.is(0.4) ? chance.whole(1, 2 * day) : Math.floor(chance.next() ** 1.3 * (span - 6 * day));
    return {
      ...looksOf(seed, i),
      handle,
      name: called,
      about: about.charAt(0).toUpperCase() + about.slice(1),
      interests,
      joinedAt,
      zone,
    };
  });
  return people.sort((a, b) => a.joinedAt - b.joinedAt);
}

/** Some have a picture, fewer say what they are about just now. */
function looksOf(seed: number, person: number): Pick<PlannedPerson, 'status' | 'picture'> {
  const chance = createChance(seed, 'looks', person);
  const hasPicture = person < mostPictures && chance.is(0.55);
  return { status: chance.is(0.2) ? chance.pick(statuses) : null, picture: hasPicture ? drawPicture(seed, person) : null };
}

function freeHandle(name: string, used: ReadonlySet<string>, digits: () => string): string {
  const parts = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/ı/g, 'i')
    .replace(/ł/g, 'l')
    .replace(/ø/g, 'o')
    .replace(/ß/g, 'ss')
    .replace(/[^a-z ]/g, '')
    .split(' ')
    .filter(Boolean);
  const [first = 'someone', last = ''] = [parts[0], parts.at(-1)];
  const forms = [`${first}.${last}`, `${first}-${last.slice(0, 1)}`, `${first}${last}`, `${first.slice(0, 1)}${last}`];
  let handle = (forms[(first.length + last.length) % forms.length] ?? first).slice(0, 24).replace(/[.-]+$/, '');
  if (handle.length < 4) handle = `${handle}${digits()}`;
  for (let tries = 0; used.has(handle); tries++)
    handle = `${handle.replace(/\d+$/, '').slice(0, 20)}${tries < 20 ? digits() : used.size + tries}`;
  return handle;
}
