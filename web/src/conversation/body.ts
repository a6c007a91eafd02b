const mostEmoji = 6;
// biome-ignore lint/complexity/useRegexLiterals: the compiler takes the flag for newer than the browsers it compiles for; they all know it.
const emojiOnly = new RegExp('^(?:\\p{RGI_Emoji}|\\p{Extended_Pictographic}|\\s)+$', 'v');
const longCharacters = 1500;
const longLines = 24;

/** One to six emoji and nothing else: they are shown large. */
export function isOnlyEmoji(body: string): boolean {
  const text = body.trim();
  if (text === '' || text.length > 120 || !emojiOnly.test(text)) return false;
  return [...new Intl.Segmenter().segment(text.replace(/\s/g, ''))].length <= mostEmoji;
}

/** So long that a list shows its beginning and a way to see all of it. */
export function isVeryLong(body: string): boolean {
  return body.length > longCharacters * 1.3 || lines(body) > longLines * 1.3;
}

/** The part of a very long body that is shown at first: cut at the end of a line or a word, with its code block closed. */
export function beginningOf(body: string): string {
  let end = Math.min(body.length, longCharacters);
  let line = -1;
  for (let count = 0; count < longLines; count++) {
    const next = body.indexOf('\n', line + 1);
    if (next === -1) break;
    line = next;
  }
  if (lines(body) > longLines && line > 0 && line < end) end = line;
  const rough = body.slice(0, end).replace(/[\uD800-\uDBFF]$/, '');
  const cut = end < body.length && body[end] !== '\n' ? rough.replace(/\s+\S{0,60}$/, '') : rough;
  const fences = cut.match(/^\s*(`{3,}|~{3,})/gm) ?? [];
  return fences.length % 2 === 1 ? `${cut}\n${(fences.at(-1) ?? '```').trim()}` : `${cut} …`;
}

function lines(body: string): number {
  return body.split('\n').length;
}
