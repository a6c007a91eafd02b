/** From here on the text has what was typed in one piece. */
export const containing = 2;

/**
 * How well a text fits what was typed: 0 when it does not, else the more the better. The letters must come in order, with
 * no more left out than were typed; whole beginnings are better than beginnings of words, and those better than letters
 * anywhere.
 */
export function similarity(typed: string, text: string): number {
  const wanted = plain(typed);
  const found = plain(text);
  if (wanted === '') return 1;
  const shorter = 1 / (found.length + 1);
  if (found.startsWith(wanted)) return 4 + shorter;
  if (found.split(/[\s\-_.@#/]+/).some((word) => word.startsWith(wanted))) return 3 + shorter;
  if (found.includes(wanted)) return containing + shorter;
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = found.indexOf(letter, at + 1);
    if (next === -1) return 0;
    if (at !== -1) gaps += next - at - 1;
    at = next;
  }
  return gaps > wanted.length ? 0 : 1 / (1 + gaps);
}

/** Case and accents do not matter. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase().trim();
}
