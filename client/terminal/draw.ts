import { styleText } from 'node:util';
import type { Message, Person } from '../../contracts/nouns.ts';

const colours = ['cyan', 'green', 'magenta', 'yellow', 'blue', 'red'] as const;

export const faint = (text: string) => styleText('dim', text);
export const strong = (text: string) => styleText('bold', text);

/** Text from others may not move the cursor or change colours: control characters other than line breaks go. */
export function plain(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '').replace(/[\u202a-\u202e\u2066-\u2069]/gu, '');
}

/** A name in the colour of its person, the same everywhere. */
export function nameOf(person: Person | undefined): string {
  if (person === undefined) return faint('someone');
  const colour = colours[Number(BigInt(person.id) % BigInt(colours.length))] ?? 'cyan';
  return styleText([colour, 'bold'], plain(person.name));
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
  const reply =
    message.replyTo === null
      ? ''
      : faint(` ↪ #${message.replyTo}${quoted?.body ? ` “${plain(quoted.body).replace(/\s+/g, ' ').slice(0, 40)}”` : ''}`);
  const body = plain(message.body).replaceAll('\n', '\n      ');
  const marks = [message.editedAt === null ? '' : faint(' (edited)'), message.pinnedAt === null ? '' : ' 📌'].join('');
  return `${head}${reply}  ${body}${marks}${drawReactions(message)}`;
}

export function drawReactions(message: Message): string {
  return message.reactions.length === 0 ? '' : faint(`\n      ${message.reactions.map((r) => `${r.emoji} ${r.count}`).join('  ')}`);
}
