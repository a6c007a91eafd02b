import type { Token } from 'markdown-it';
import { tokens } from './markdown.ts';

/** Text looked at for each character that is shown: markup takes room. */
const looseness = 5;

/** The beginning of a body as plain text on one line, cut at a word where it can be. @param most characters, the dots included */
export function excerpt(body: string, most: number): string {
  const plain = tokens(cut(body, most * looseness))
    .map(words)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (plain.length <= most) return plain;
  const short = cut(plain, most - 1);
  return `${short.replace(/\s+\S{0,30}$/, '')}…`;
}

/** Never through the middle of a character that takes two units. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

function words(token: Token): string {
  if (token.children !== null) return token.children.map(words).join('');
  if (token.type === 'softbreak' || token.type === 'hardbreak') return ' ';
  return token.content;
}
