/** All emoji there are, with their names in the reader's language: loaded when first wanted. */
import germanUrl from 'emoji-picker-element-data/de/cldr/data.json?url';
import englishUrl from 'emoji-picker-element-data/en/github/data.json?url';
import { language } from '../../texts/index.ts';
import { type Emoji, fromData, type Raw } from './search.ts';

const loading = new Map<string, Promise<readonly Emoji[]>>();

/** In the order in which keyboards show them. @throws when they cannot be loaded; the next call tries again */
export function allEmoji(): Promise<readonly Emoji[]> {
  const now = language.value;
  const known = loading.get(now);
  if (known !== undefined) return known;
  const fresh = load(now === 'de' ? germanUrl : null);
  loading.set(now, fresh);
  fresh.catch(() => loading.delete(now));
  return fresh;
}

/** Short codes are those of English everywhere: people know them by heart. */
async function load(own: string | null): Promise<readonly Emoji[]> {
  const [english, local] = await Promise.all([read(englishUrl), own === null ? null : read(own)]);
  return fromData(english, local);
}

async function read(url: string): Promise<Raw[]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The emoji were not found: ${answer.status}.`);
  return answer.json();
}
