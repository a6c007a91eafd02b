import type { Chance } from './chance.ts';
import type { Subject, Thread } from './subjects.ts';
import { casual, createFill } from './words.ts';

/** One thing said, before it has a time. */
export interface Line {
  /** The same letter is the same person within one talk. In discussions A is the author. */
  speaker: string;
  text: string;
  /** An answer to what was said before, rather than to the whole. */
  answers: boolean;
}

/** A discussion of so many messages, the `turn`th of its community: the opening, answers, the author coming back, and then whatever people get to. */
export function discuss(
  chance: Chance,
  subject: Subject,
  everyday: Subject,
  messages: number,
  turn: number,
): { title: string; lines: Line[] } {
  const thread = subject.threads[turn % subject.threads.length] as Thread;
  const fill = createFill(chance, subject);
  const title = fill(thread.title);
  const opening: Line = { speaker: 'A', text: fill(thread.opening), answers: false };
  const specific = answersOf(chance, thread, messages - 1).map((line) => ({ ...line, text: fill(line.text) }));
  const lines = [opening, ...specific, ...digressions(chance, subject, everyday, messages - 1 - specific.length)];
  return { title, lines: lines.slice(0, messages) };
}

/** The thread's own answers in some order; the author returns in between and at the end, if there is enough to return to. */
function answersOf(chance: Chance, thread: Thread, room: number): Line[] {
  const answers = chance
    .some(thread.answers, thread.answers.length)
    .map((text): Line => ({ speaker: chance.pick([...'BCDEF']), text, answers: chance.is(0.15) }));
  const returns =
    room < 3 ? [] : thread.returns.slice(0, Math.floor(room / 3)).map((text): Line => ({ speaker: 'A', text, answers: chance.is(0.7) }));
  const lines = answers.slice(0, room - returns.length);
  returns.forEach((line, i) => {
    lines.splice(Math.ceil(((i + 1) * lines.length) / returns.length), 0, line);
  });
  return lines;
}

/** What long threads fill up with: small answers, and talk of the same subject. */
function digressions(chance: Chance, subject: Subject, everyday: Subject, room: number): Line[] {
  const lines: Line[] = [];
  while (lines.length < room) {
    const fill = createFill(chance, everyday);
    const small = subject.language === 'en' ? chance.some(everyday.threads[0]?.answers ?? [], 3).map(fill) : [];
    const [next] = talkLines(chance, [subject], 1);
    lines.push(
      ...small.map((text): Line => ({ speaker: chance.pick([...'BCDEFGHIJ']), text, answers: chance.is(0.5) })),
      ...(next ?? []).map((line) => ({ ...line, answers: true })),
    );
  }
  return lines.slice(0, Math.max(0, room));
}

/** So many short talks, each about one of the subjects. */
export function talkLines(chance: Chance, subjects: readonly Subject[], talks: number): Line[][] {
  return Array.from({ length: talks }, () => {
    const subject = chance.pick(subjects);
    const fill = createFill(chance, subject);
    return chance
      .pick(subject.talks)
      .map(({ speaker, text }, i): Line => ({ speaker, text: casual(chance, fill(text)), answers: i > 0 && chance.is(0.08) }));
  });
}
