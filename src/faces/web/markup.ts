/** Text that may stand in HTML and XML as it is. Only `markup` and `trusted` make it. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Part[] | null | false;

/** A template whose parts are escaped, all but those that are markup themselves; lists are strung together, null and false are nothing. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((before, string, i) => before + asMarkup(parts[i - 1] ?? null) + string) };
}

/** For what is safe by its making, such as a message's HTML, which went through the sanitizer. */
export function trusted(text: string): Markup {
  return { markup: text };
}

function asMarkup(part: Part): string {
  if (part === null || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(asMarkup).join('');
}

const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** The one place where text becomes safe for elements and quoted attributes. What XML cannot hold is dropped. */
export function escaped(text: string): string {
  return legal(text).replace(/[&<>"']/g, (letter) => names[letter] ?? '');
}

/** Without the characters that XML 1.0 forbids even when escaped. */
export function legal(text: string): string {
  return text.toWellFormed().replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}

/** Data for programs inside a page. Nothing in it can end the element that it stands in. */
export function json(value: unknown): Markup {
  return trusted(
    JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
