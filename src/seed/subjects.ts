import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a community talks about: the texts of one file in subjects/. Words in {braces} are chosen anew for each talk. */
export interface Subject {
  name: string;
  description: string;
  tags: string[];
  /** `en` where the file does not say. What everybody says anywhere is English and not mixed into others. */
  language: string;
  chats: { name: string; topic: string }[];
  /** What may stand for a {word}. */
  words: Map<string, string[]>;
  threads: Thread[];
  /** Short talks, each line with who says it: A, B, C. */
  talks: { speaker: string; text: string }[][];
}

export interface Thread {
  title: string;
  opening: string;
  /** By others. */
  answers: string[];
  /** By whoever opened the thread, later. */
  returns: string[];
}

/** Those who talk of something, in the order of their files, and what everybody says anywhere. */
export function readSubjects(folder = join(import.meta.dirname, 'subjects')): { subjects: Subject[]; everyday: Subject } {
  const files = readdirSync(folder).sort();
  const read = (file: string) => parseSubject(readFileSync(join(folder, file), 'utf8'), file);
  return { subjects: files.filter((file) => file !== 'everyday.md').map(read), everyday: read('everyday.md') };
}

/**
 * One file: `# Name`, a line of description, `tags:`, `chats:` and perhaps `language:`, the words, then threads under `## Title` (the opening,
 * `- ` answers, `> ` returns of the author) and last `## Chat` with short talks, an empty line between.
 */
export function parseSubject(source: string, file: string): Subject {
  const [head = '', ...sections] = source.split(/^## /m);
  const [name = '', description = '', ...lines] = head.split('\n');
  const field = (key: string) => lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2) ?? '';
  const words = new Map(
    lines.flatMap((line) => [...line.matchAll(/^\{(.+)\}: (.+)$/g)]).map(([, word = '', values = '']) => [word, values.split(' | ')]),
  );

  const threads: Thread[] = [];
  const talks: Subject['talks'] = [];
  for (const section of sections) {
    const [title = '', ...body] = section.trimEnd().split('\n');
    if (title === 'Chat') talks.push(...body.join('\n').trim().split('\n\n').map(parseTalk));
    else {
      const marked = (mark: string) => body.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
      threads.push({ title, opening: body[0] ?? '', answers: marked('- '), returns: marked('> ') });
    }
  }
  const chats = field('chats')
    .split('; ')
    .map((chat) => {
      const [chatName = '', topic = ''] = chat.split(' = ');
      return { name: chatName, topic };
    });
  if (!name.startsWith('# ') || threads.length === 0 || talks.length === 0) throw new Error(`${file} is not a subject`);
  const language = field('language') || 'en';
  return { name: name.slice(2), description, language, tags: field('tags').split(', '), chats, words, threads, talks };
}

function parseTalk(block: string): { speaker: string; text: string }[] {
  return block.split('\n').map((line) => ({ speaker: line.slice(0, 1), text: line.slice(3) }));
}
