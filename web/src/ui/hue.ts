/** A hue of the colour circle for a thing, the same everywhere: the id may be the wire's or GraphQL's. */
export function hueOf(id: string): number {
  return Math.round((scatter(plain(id)) / 2 ** 32) * 360) % 360;
}

/** One of so many kinds for a thing, the same everywhere. */
export function kindOf(id: string, kinds: number): number {
  return scatter(`kind ${plain(id)}`) % kinds;
}

/** GraphQL's global ids are base64url of `Person:123`. */
function plain(id: string): string {
  if (/^\d+$/.test(id)) return id;
  try {
    return atob(id.replaceAll('-', '+').replaceAll('_', '/')).split(':').at(-1) ?? id;
  } catch {
    return id;
  }
}

/** FNV-1a with a last stir, for neighbouring ids differ in their last digits only. */
function scatter(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letters of the first and the last word. */
export function initialsOf(name: string, most = 2): string {
  const words = name.trim().split(/\s+/u);
  const chosen = most === 1 || words.length === 1 ? words.slice(0, 1) : [words[0] ?? '', words.at(-1) ?? ''];
  return chosen
    .map((word) => graphemes.segment(word.replace(/^[^\p{L}\p{N}\p{S}]+(?=.)/u, '')).containing(0)?.segment ?? '')
    .join('')
    .toLocaleUpperCase();
}
