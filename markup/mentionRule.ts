import type { StateInline } from 'markdown-it';

/** Who is called by a token: a handle in lower case, or `everyone`. */
export interface Call {
  calls: string;
}

/** 2 to 30 characters with a letter or digit at both ends, so that "@ana." at the end of a sentence means ana. */
const handle = /@([a-z0-9][a-z0-9_.-]{0,28}[a-z0-9])(?![a-z0-9@])/iy;
/** Behind these an @ belongs to an address: `ana@example.org`, `example.org/@ana`. */
const partOfAddress = /[a-z0-9@/=&+]/i;

/** `@ana` becomes a link to ana's profile and `@everyone` a mark, outside of code and of other links. */
export function mentionRule(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== '@' || state.linkLevel > 0) return false;
  if (state.pos > 0 && partOfAddress.test(state.src[state.pos - 1] ?? '')) return false;
  handle.lastIndex = state.pos;
  const found = handle.exec(state.src);
  if (found === null || handle.lastIndex > state.posMax) return false;
  if (!silent) push(state, found[0], (found[1] ?? '').toLowerCase());
  state.pos = handle.lastIndex;
  return true;
}

function push(state: StateInline, written: string, calls: string): void {
  // Called a link, so that the search for bare addresses leaves "@ana.com" alone.
  const open = state.push('link_open', calls === 'everyone' ? 'span' : 'a', 1);
  open.attrs = [['class', 'mention'], ...(calls === 'everyone' ? [] : [['href', `/p/${calls}`] as [string, string]])];
  open.meta = { calls } satisfies Call;
  state.push('text', '', 0).content = written;
  state.push('link_close', open.tag, -1);
}
