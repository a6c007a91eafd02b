import type { Chance } from './chance.ts';
import { createChance } from './chance.ts';
import type { Membership } from './communities.ts';
import type { Outline } from './outlines.ts';
import type { PlannedPerson } from './people.ts';
import { day, hour, moment, span } from './rhythm.ts';
import type { Subject } from './subjects.ts';
import { discuss, type Line, talkLines } from './talk.ts';
import { mistyped } from './words.ts';

/** One change of a conversation's log; `by` is a place in the world's people. */
export type PlannedChange = { at: number; by: number } & (
  | { do: 'post'; body: string; replyTo: number | null }
  | { do: 'edit'; number: number; body: string }
  | { do: 'delete'; number: number }
  | { do: 'react'; number: number; emoji: string }
  | { do: 'pin'; number: number }
  | { do: 'accept'; number: number }
);

export interface Conversation extends Outline {
  createdBy: number;
  /** Of a discussion. */
  tags: string[];
  changes: PlannedChange[];
  reads: { person: number; number: number; at: number }[];
}

interface Said extends Line {
  at: number;
  by: number;
}

/** An outline filled with what was said and what came of it. The same for the same world and place in it. */
export function fillOutline(
  seed: number,
  place: number,
  outline: Outline,
  people: readonly PlannedPerson[],
  everyday: Subject,
): Conversation {
  const chance = createChance(seed, 'conversation', place);
  const members = outline.people.length > 0 ? outline.people.map((person) => ({ person, joinedAt: 0 })) : outline.community.members;
  const { name, said } =
    outline.kind === 'discussion'
      ? discussion(chance, outline, members, people, everyday)
      : chat(chance, outline, members, people, everyday);
  const changes = said.flatMap((_line, i) => changesOf(chance, outline, said, i + 1, members, people));
  // Later changes of a message come after it, and all in order of time; the sort keeps what happened at once as it is.
  changes.sort((a, b) => a.at - b.at);
  const createdBy = said[0] && outline.kind === 'discussion' ? said[0].by : (members[0]?.person ?? 0);
  const last = changes.at(-1)?.at;
  if (outline.kind === 'discussion' && said.length > 2 && last !== undefined && chance.is(0.35))
    changes.push({ do: 'accept', at: later(chance, last, hour), by: createdBy, number: chance.whole(2, said.length) });
  const tags = outline.kind === 'discussion' ? chance.some(outline.community.subject.tags, chance.whole(0, 2)) : [];
  return { ...outline, ...(name === undefined ? {} : { name }), createdBy, tags, changes, reads: readsOf(chance, outline, members, said) };
}

function discussion(
  chance: Chance,
  outline: Outline,
  members: readonly Membership[],
  people: readonly PlannedPerson[],
  everyday: Subject,
): { name: string; said: Said[] } {
  const { title, lines } = discuss(chance, outline.community.subject, everyday, outline.messages, outline.turn ?? 0);
  const end = Math.min(span - 1, outline.createdAt + Math.floor(chance.lognormal(1.5 * day, 1)));
  const cast = createCast(chance, members, 0.05);
  let by = cast('A', outline.createdAt);
  const said = [{ ...(lines[0] as Line), at: outline.createdAt, by }];
  const zone = people[by]?.zone ?? 0;
  // The first answers come quickly, the last ones late.
  const times = lines
    .slice(1)
    .map(() =>
      moment(chance, outline.createdAt + 60_000, outline.createdAt + Math.ceil((end - outline.createdAt) * chance.next() + 120_000), zone),
    );
  times.sort((a, b) => a - b);
  lines.slice(1).forEach((line, i) => {
    const at = Math.min(times[i] ?? end, span - 1);
    by = cast(line.speaker, at);
    said.push({ ...line, at, by });
  });
  return { name: title, said };
}

function chat(
  chance: Chance,
  outline: Outline,
  members: readonly Membership[],
  people: readonly PlannedPerson[],
  everyday: Subject,
): { name: string | undefined; said: Said[] } {
  const own = outline.community.subject;
  const between = outline.people.length > 0;
  const subjects =
    own.language !== 'en' && !between
      ? [own]
      : between
        ? [everyday, everyday, own.language === 'en' ? own : everyday]
        : [own, own, own, everyday];
  const said: Said[] = [];
  while (said.length < outline.messages) {
    const [lines = []] = talkLines(chance, subjects, 1);
    const zone = people[members[chance.zipf(members.length)]?.person ?? 0]?.zone ?? 0;
    let at = moment(chance, outline.createdAt + 60_000, span - hour, zone);
    const cast = createCast(chance, members, 0);
    for (const line of lines) {
      said.push({ ...line, at, by: cast(line.speaker, at) });
      at += 4_000 + Math.floor(chance.lognormal(45_000, 1));
    }
  }
  said.length = outline.messages;
  said.sort((a, b) => a.at - b.at);
  return { name: outline.name, said: said.map((line) => ({ ...line, at: Math.min(line.at, span - 1) })) };
}

/**
 * Who speaks as A, B, C: distinct members who were there by then, the active ones more often. Now and then somebody
 * else takes over a part, as in any long conversation.
 */
function createCast(chance: Chance, members: readonly Membership[], changing: number): (speaker: string, at: number) => number {
  const cast = new Map<string, number>();
  let last = { speaker: '', person: -1 };
  return (speaker, at) => {
    const known = cast.get(speaker);
    const answersOneself = (person: number) => person === last.person && speaker !== last.speaker;
    let person = known ?? members[0]?.person ?? 0;
    if (known === undefined || (speaker !== 'A' && (answersOneself(known) || chance.is(changing)))) {
      for (let tries = 0; tries < 12; tries++) {
        const member = members[chance.zipf(members.length)];
        if (!member || member.joinedAt > at || answersOneself(member.person)) continue;
        person = member.person;
        if (![...cast.values()].includes(person)) break;
      }
    }
    cast.set(speaker, person);
    last = { speaker, person };
    return person;
  };
}

const emoji = ['👍', '❤️', '😂', '🎉', '🙏', '🔥', '👀', '🌱', '☕', '💯'].map((value, i) => ({ value, weight: 1 / (i + 1) }));

/** The post itself, and what happens to it later: corrected, taken back, reacted to, pinned. */
function changesOf(
  chance: Chance,
  outline: Outline,
  said: readonly Said[],
  number: number,
  members: readonly Membership[],
  people: readonly PlannedPerson[],
): PlannedChange[] {
  const line = said[number - 1];
  if (line === undefined) return [];
  const { at, by } = line;
  const replyTo = line.answers && number > 1 ? Math.max(1, number - chance.whole(1, 4)) : null;
  const asked = replyTo === null ? undefined : said[replyTo - 1]?.by;
  const calls = asked !== undefined && asked !== by && outline.kind !== 'direct' && chance.is(0.1) ? `@${people[asked]?.handle} ` : '';
  const slip = chance.is(0.03) ? mistyped(chance, line.text) : null;
  const post: PlannedChange = { do: 'post', at, by, body: calls + (slip ?? line.text), replyTo };
  const opening = outline.kind === 'discussion' && number === 1;
  if (!opening && chance.is(0.004)) return [post, { do: 'delete', at: later(chance, at, 4 * 60_000), by, number }];

  const changes: PlannedChange[] = [post];
  if (slip !== null) changes.push({ do: 'edit', at: later(chance, at, 60_000), by, number, body: calls + line.text });
  const liked = chance.is(opening ? 0.7 : outline.kind === 'discussion' ? 0.22 : 0.1);
  const readers = liked ? chance.some(members, opening ? 1 + Math.floor(chance.lognormal(2, 0.8)) : chance.whole(1, 2)) : [];
  for (const { person, joinedAt } of readers) {
    const when = later(chance, Math.max(at, joinedAt), 2 * hour);
    if (person !== by && when > at) changes.push({ do: 'react', at: when, by: person, number, emoji: chance.weighted(emoji) });
  }
  if (outline.kind !== 'discussion' && chance.is(0.004))
    changes.push({ do: 'pin', at: later(chance, at, hour), by: members[0]?.person ?? by, number });
  return changes;
}

function later(chance: Chance, at: number, median: number): number {
  return Math.min(span - 1, at + 1000 + Math.floor(chance.lognormal(median, 0.8)));
}

/** Some are up to date, some a little behind, and most of a large place have not looked. */
function readsOf(chance: Chance, outline: Outline, members: readonly Membership[], said: readonly Said[]): Conversation['reads'] {
  if (said.length === 0) return [];
  const readers = outline.people.length > 0 ? members : chance.some(members, outline.kind === 'discussion' ? 4 : 40);
  return readers.flatMap(({ person, joinedAt }) => {
    const number = chance.is(0.55) ? said.length : chance.whole(1, said.length);
    const at = said[number - 1]?.at ?? 0;
    return joinedAt > at ? [] : [{ person, number, at: later(chance, at, hour) }];
  });
}
