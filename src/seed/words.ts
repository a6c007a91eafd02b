import type { Chance } from './chance.ts';
import type { Subject } from './subjects.ts';

/** Puts words in the place of {braces}. */
export type Fill = (text: string) => string;

/**
 * Within one talk a {word} stays the same, so that answers speak of what was asked; `{word'}` is another one of its kind.
 */
export function createFill(chance: Chance, subject: Subject): Fill {
  const chosen = new Map<string, string>();

  function choose(word: string): string {
    const known = chosen.get(word);
    if (known !== undefined) return known;
    const plain = word.replace(/'$/, '');
    const taken = [chosen.get(plain), chosen.get(`${plain}'`)];
    const free = (subject.words.get(plain) ?? []).filter((value) => !taken.includes(value));
    if (free.length === 0) throw new Error(`${subject.name} has no {${word}}`);
    const value = chance.pick(free);
    chosen.set(word, value);
    return value;
  }

  return (text) => {
    const filled = text.replace(/(\b[Aa] )?\{([^}]+)\}/g, (_match, article: string | undefined, word: string) => {
      const value = choose(word);
      return `${article === undefined ? '' : /^[aeio8]/i.test(value) && !/^one/.test(value) ? article.replace(' ', 'n ') : article}${value}`;
    });
    return filled.replace(/(^|[.!?] )(\p{Ll})/gu, (_match, before: string, letter: string) => before + letter.toUpperCase());
  };
}

const endings = ['🙂', '😅', '🙏', '👍', '🎉', '☀️', '😂', '…', '!'];

/** As people type in a chat: not every full stop, not every capital. */
export function casual(chance: Chance, text: string): string {
  let said = text;
  if (chance.is(0.45)) said = said.replace(/\.$/, '');
  if (chance.is(0.12)) said = said.replace(/^\p{Lu}(?!\p{Lu})/u, (letter) => letter.toLowerCase());
  return chance.is(0.1) ? `${said} ${chance.pick(endings)}` : said;
}

/** Two letters of a longer word change places; null where there is no such word. */
export function mistyped(chance: Chance, text: string): string | null {
  const words = [...text.matchAll(/\b[a-z]{5,}\b/g)];
  if (words.length === 0) return null;
  const word = chance.pick(words);
  const at = word.index + chance.whole(1, word[0].length - 3);
  const [a = '', b = ''] = [text[at], text[at + 1]];
  return a === b ? null : `${text.slice(0, at)}${b}${a}${text.slice(at + 2)}`;
}
