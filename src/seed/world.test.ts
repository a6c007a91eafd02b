import { describe, expect, it } from 'vitest';
import { createChance } from './chance.ts';
import { span } from './rhythm.ts';
import { readSubjects } from './subjects.ts';
import { createFill, mistyped } from './words.ts';
import { planWorld, type WorldSize } from './world.ts';

const small = { seed: 7, people: 60, messages: 1500 };
const whole = (size: WorldSize) => {
  const world = planWorld(size);
  return { ...world, conversations: [...world.conversations()] };
};

describe('a planned world', () => {
  it('is the same for the same seed number, and another one for another', () => {
    expect(whole(small)).toEqual(whole(small));
    expect(whole({ ...small, seed: 8 })).not.toEqual(whole(small));
  });

  it.each([
    { seed: 1, people: 1, messages: 0 },
    { seed: 1, people: 1, messages: 50 },
    { seed: 1, people: 2, messages: 1 },
    { seed: 1, people: 3, messages: 400 },
    { seed: 1, people: 40, messages: 7 },
    small,
  ])('has as many people and messages as asked for: %o', (size) => {
    const { people, conversations } = whole(size);
    expect(people).toHaveLength(size.people);
    expect(conversations.flatMap((c) => c.changes).filter((change) => change.do === 'post')).toHaveLength(size.messages);
  });

  it('keeps time: nobody speaks before being there, nothing happens before what it is about or after the end', () => {
    const { people, conversations } = whole(small);
    for (const { kind, community, changes, createdAt, people: between } of conversations) {
      const since = new Map(
        kind === 'discussion' || kind === 'chat'
          ? community.members.map((m) => [m.person, m.joinedAt])
          : between.map((p) => [p, people[p]?.joinedAt ?? span]),
      );
      let numbers = 0;
      let before = createdAt;
      for (const change of changes) {
        expect(change.at).toBeGreaterThanOrEqual(before);
        expect(change.at).toBeLessThan(span);
        expect(since.get(change.by)).toBeLessThanOrEqual(change.at);
        before = change.at;
        if (change.do !== 'post') expect(change.number).toBeLessThanOrEqual(numbers);
        else {
          if (change.replyTo !== null) expect(change.replyTo).toBeLessThanOrEqual(numbers);
          numbers += 1;
        }
      }
    }
  });

  it('has one direct channel for two people, one handle for each, an owner for each community', () => {
    const { people, communities, conversations } = whole({ ...small, messages: 5000 });
    const pairs = conversations.filter((c) => c.kind === 'direct').map((c) => c.people.join('-'));
    expect(pairs.length).toBeGreaterThan(10);
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(new Set(people.map((p) => p.handle)).size).toBe(people.length);
    for (const { members } of communities) expect(new Set(members.map((m) => m.person)).size).toBe(members.length);
    for (const { members, createdAt } of communities) expect(members[0]?.joinedAt).toBe(createdAt);
  });

  it('leaves alone the handles that are in use', () => {
    const taken = new Set(planWorld(small).people.map((person) => person.handle));
    const others = planWorld({ ...small, taken }).people.map((person) => person.handle);
    expect(others.filter((handle) => taken.has(handle))).toEqual([]);
  });

  it('has a rhythm: days are busier than nights, a few people say a great deal', () => {
    const { conversations } = whole({ seed: 3, people: 200, messages: 8000 });
    const posts = conversations.flatMap((c) => c.changes).filter((change) => change.do === 'post');
    const hours = Array.from({ length: 24 }, () => 0);
    const authors = new Map<number, number>();
    for (const { at, by } of posts) {
      const hour = Math.floor((at % 86_400_000) / 3_600_000);
      hours[hour] = (hours[hour] ?? 0) + 1;
      authors.set(by, (authors.get(by) ?? 0) + 1);
    }
    expect(Math.max(...hours)).toBeGreaterThan(2.5 * Math.min(...hours));
    const most = [...authors.values()].sort((a, b) => b - a);
    expect(most.slice(0, 20).reduce((a, b) => a + b)).toBeGreaterThan(posts.length / 4);
  });
});

describe('subjects', () => {
  const { subjects, everyday } = readSubjects();

  it.each([...subjects, everyday].map((subject) => [subject.name, subject] as const))('%s has a word for every brace', (_name, subject) => {
    const fill = createFill(createChance(1), subject);
    const texts = [
      ...subject.threads.flatMap((thread) => [thread.title, thread.opening, ...thread.answers, ...thread.returns]),
      ...subject.talks.flat().map((line) => line.text),
    ];
    for (const text of texts) {
      expect(text).not.toBe('');
      expect(fill(text)).not.toMatch(/[{}|]/);
    }
    for (const line of subject.talks.flat()) expect(line.speaker).toMatch(/^[ABC]$/);
    expect(subject.tags.length).toBeGreaterThan(0);
  });

  it('words stay the same within a talk, and their other is another', () => {
    const subject = { ...everyday, words: new Map([['fruit', ['apple', 'pear']]]) };
    const filled = createFill(createChance(4), subject)("a {fruit}, {fruit}, not a {fruit'}");
    expect(['An apple, apple, not a pear', 'A pear, pear, not an apple']).toContain(filled);
  });

  it('a slip of the finger changes two letters of one word', () => {
    const slip = mistyped(createChance(2), 'The morning was quiet') ?? '';
    expect(slip).not.toBe('The morning was quiet');
    expect([...slip].sort()).toEqual([...'The morning was quiet'].sort());
    expect(mistyped(createChance(2), 'No.')).toBeNull();
  });
});
