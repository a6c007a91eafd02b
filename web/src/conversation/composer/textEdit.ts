/** What the formatting buttons and keys do to a text: pure, with the selection going in and coming out. */

export interface Text {
  body: string;
  /** The selection; the same number twice is the caret. */
  start: number;
  end: number;
}

/** Puts marks around the selection, or takes them away where they stand already. `**` makes bold. */
export function wrap({ body, start, end }: Text, mark: string): Text {
  const size = mark.length;
  const inner = body.slice(start, end);
  const isOutside = body.slice(start - size, start) === mark && body.slice(end, end + size) === mark && !isDoubled(body, start, end, mark);
  if (isOutside) return { body: body.slice(0, start - size) + inner + body.slice(end + size), start: start - size, end: end - size };
  if (inner.length >= size * 2 && inner.startsWith(mark) && inner.endsWith(mark)) {
    const bare = inner.slice(size, -size);
    return { body: body.slice(0, start) + bare + body.slice(end), start, end: start + bare.length };
  }
  // Spaces at the ends would keep the marks from working.
  const lead = inner.length - inner.trimStart().length;
  const trail = inner.trim() === '' ? 0 : inner.length - inner.trimEnd().length;
  const from = start + (inner.trim() === '' ? 0 : lead);
  const to = end - trail;
  return { body: body.slice(0, from) + mark + body.slice(from, to) + mark + body.slice(to), start: from + size, end: to + size };
}

/** The `*` of `**`: bold is not italic. */
function isDoubled(body: string, start: number, end: number, mark: string): boolean {
  return mark === '*' && body[start - 2] === '*' && body[end + 1] === '*' && !(body[start - 3] === '*' && body[end + 2] === '*');
}

/** Inline code, or a block where the selection has several lines. */
export function code(text: Text): Text {
  const inner = text.body.slice(text.start, text.end);
  if (!inner.includes('\n')) return wrap(text, '`');
  const before = text.body.slice(0, text.start);
  const after = text.body.slice(text.end);
  const open = `${before === '' || before.endsWith('\n') ? '' : '\n'}\`\`\`\n`;
  const close = `${inner.endsWith('\n') ? '' : '\n'}\`\`\`${after === '' || after.startsWith('\n') ? '' : '\n'}`;
  return { body: before + open + inner + close + after, start: text.start + open.length, end: text.start + open.length + inner.length };
}

/** Makes the selection a link; what is to be typed next is selected: the words, or the address. */
export function link({ body, start, end }: Text): Text {
  const inner = body.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(inner.trim());
  const made = isAddress ? `[](${inner.trim()})` : `[${inner}](https://)`;
  const next = body.slice(0, start) + made + body.slice(end);
  if (isAddress) return { body: next, start: start + 1, end: start + 1 };
  if (inner === '') return { body: next, start: start + 1, end: start + 1 };
  const from = start + inner.length + 3;
  return { body: next, start: from, end: from + 'https://'.length };
}

/** Puts a mark before each line of the selection, or takes it away where all have it: `> `, `- `, `1. `. */
export function prefix({ body, start, end }: Text, mark: string): Text {
  const from = body.lastIndexOf('\n', start - 1) + 1;
  const until = body.indexOf('\n', end);
  const to = until === -1 ? body.length : until;
  const lines = body.slice(from, to).split('\n');
  const isOn = lines.every((line) => line.startsWith(mark));
  const changed = lines
    .map((line, index) => (isOn ? line.slice(mark.length) : (mark === '1. ' ? `${index + 1}. ` : mark) + line))
    .join('\n');
  const grown = changed.length - (to - from);
  const first = isOn ? -mark.length : mark.length;
  return { body: body.slice(0, from) + changed + body.slice(to), start: Math.max(from, start + first), end: end + grown };
}

/** A new line that goes on with the list or quotation it stands in; an empty item ends it. Null: an ordinary one. */
export function newLine({ body, start, end }: Text): Text | null {
  if (start !== end) return null;
  const from = body.lastIndexOf('\n', start - 1) + 1;
  const found = /^(\s*)(?:([-*+])|(\d{1,6})([.)])|(>))\s+/.exec(body.slice(from, start));
  if (found === null) return null;
  const [whole, indent = '', bullet, count, sign = '', quote] = found;
  if (start === from + whole.length && (body[start] === undefined || body[start] === '\n')) {
    return { body: body.slice(0, from) + body.slice(start), start: from, end: from };
  }
  const next = `\n${indent}${bullet ?? quote ?? `${Number(count) + 1}${sign}`} `;
  return insert({ body, start, end }, next);
}

/** Replaces the selection. */
export function insert({ body, start, end }: Text, words: string): Text {
  const caret = start + words.length;
  return { body: body.slice(0, start) + words + body.slice(end), start: caret, end: caret };
}

/** Puts other words in the place of these, if they still stand there; the selection stays where it is in the text. */
export function replaced(text: Text, from: number, words: string, by: string): Text {
  const { body, start, end } = text;
  if (!body.startsWith(words, from)) return text;
  const moved = (at: number) => (at >= from + words.length ? at + by.length - words.length : Math.min(at, from + by.length));
  return { body: body.slice(0, from) + by + body.slice(from + words.length), start: moved(start), end: moved(end) };
}

/** True inside of a block of code that is not closed: there Enter is a line and nothing is completed. */
export function isInCode(body: string, caret: number): boolean {
  const fences = body.slice(0, caret).match(/^\s{0,3}(?:```|~~~)/gm) ?? [];
  return fences.length % 2 === 1;
}

export interface Asked {
  /** `@` for people, `:` for emoji. */
  sign: '@' | ':';
  query: string;
  /** Where the sign stands. */
  from: number;
}

/** What is being completed at the caret: the letters since an `@`, or since a `:` with two letters behind it. */
export function askedAt(body: string, caret: number): Asked | null {
  const before = body.slice(Math.max(0, caret - 40), caret);
  const found = /(?:^|[\s([{"'>*_~])([@:])([\p{L}\p{N}_.+-]*)$/u.exec(before);
  if (found === null) return null;
  const sign = found[1] === '@' ? '@' : ':';
  const query = found[2] ?? '';
  if (sign === ':' && (query.length < 2 || /^[\d.]/.test(query))) return null;
  if (isInCode(body, caret)) return null;
  return { sign, query, from: caret - query.length - 1 };
}
