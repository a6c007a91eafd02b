import { styleText } from 'node:util';
import type { Message, Person, ReactionCount } from '../../contracts/nouns.ts';

const colours = ['cyan', 'green', 'magenta', 'yellow', 'blue', 'red'] as const;
/** So much of a name is shown. */
const nameLength = 32;

export const faint = (text: string) => styleText('dim', text);
export const strong = (text: string) => styleText('bold', text);

/** Text from others may not move the cursor, change colours or turn what stands around it: such characters go. */
export function plain(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replace(/[^\P{Cc}\n]/gu, '')
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** On one line, and no longer than that. */
export function short(text: string, length = nameLength): string {
  const letters = [...new Intl.Segmenter().segment(plain(text).replace(/\s+/gu, ' '))].map(({ segment }) => segment);
  return letters.length > length ? `${letters.slice(0, length - 1).join('')}…` : letters.join('');
}

/** A name in the colour of its person, the same everywhere. */
export function nameOf(person: Person | undefined): string {
  if (person === undefined) return faint('someone');
  const colour = colours[Number(BigInt(person.id) % BigInt(colours.length))] ?? 'cyan';
  return isolated(styleText([colour, 'bold'], short(person.name)));
}

/** "14:05" today, "Tue 14:05" this week, else the date before. */
export function timeOf(iso: string, now = new Date()): string {
  const time = new Date(iso);
  const clock = `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
  if (time.toDateString() === now.toDateString()) return clock;
  if (now.getTime() - time.getTime() < 6 * 86_400_000) return `${time.toLocaleDateString('en', { weekday: 'short' })} ${clock}`;
  return `${time.toLocaleDateString('en', { day: 'numeric', month: 'short', year: 'numeric' })} ${clock}`;
}

/** One message; further lines of its text are set in under the first. */
export function drawMessage(message: Message, people: ReadonlyMap<string, Person>, quoted?: Message): string {
  const head = `${faint(timeOf(message.createdAt))} ${faint(`#${message.number}`)} ${nameOf(people.get(message.author))}`;
  if (message.body === null) return `${head} ${faint('(deleted)')}`;
  const reply = message.replyTo === null ? '' : faint(` ↪ #${message.replyTo}${quoted?.body ? ` “${short(quoted.body, 40)}”` : ''}`);
  const marks = [message.editedAt === null ? '' : faint(' (edited)'), message.pinnedAt === null ? '' : ' 📌'].join('');
  const reactions = message.reactions.length === 0 ? '' : `\n      ${drawReactions(message.reactions)}`;
  return `${head}${reply}  ${drawBody(message.body)}${marks}${reactions}`;
}

export function drawBody(body: string): string {
  return isolated(plain(body).replaceAll('\n', '\n      '));
}

export function drawReactions(reactions: readonly ReactionCount[]): string {
  return faint(reactions.map(({ emoji, count }) => `${plain(emoji)} ${count}`).join('  '));
}

/** Text that runs from right to left does not turn what stands beside it (first strong isolate). */
function isolated(text: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u.test(text) ? `\u2068${text}\u2069` : text;
}
