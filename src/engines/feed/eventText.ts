import type { PlazaEvent } from '../../../contracts/events.ts';
import type { Message, Person } from '../../../contracts/nouns.ts';

/** An event as JSON. A post's, of which there are thousands a second, is put together from its parts: half of what JSON.stringify takes. */
export function eventText(event: PlazaEvent): string {
  if (event.type !== 'posted') return JSON.stringify(event);
  const { channel, version, by, message } = event;
  return `{"type":"posted","channel":"${channel}","version":${version},"by":${personText(by)},"message":${messageText(message)}}`;
}

/** Ids, numbers and times have nothing in them that would need a backslash. */
function messageText(m: Message): string {
  return `{"channel":"${m.channel}","number":${m.number},"version":${m.version},"author":"${m.author}","key":${quoted(m.key)},"body":${quoted(m.body)},"replyTo":${m.replyTo},"reactions":${list(m.reactions)},"mentions":${list(m.mentions)},"link":${m.link === null ? 'null' : JSON.stringify(m.link)},"createdAt":"${m.createdAt}","editedAt":${quoted(m.editedAt)},"deletedAt":${quoted(m.deletedAt)},"pinnedAt":${quoted(m.pinnedAt)}}`;
}

const quoted = (text: string | null) => (text === null ? 'null' : JSON.stringify(text));
const list = (items: readonly unknown[]) => (items.length === 0 ? '[]' : JSON.stringify(items));

/** Of those who write: a session's person is one object for as long as nothing of it changes. */
const persons = new WeakMap<Person, string>();

function personText(person: Person): string {
  const known = persons.get(person);
  if (known !== undefined) return known;
  const text = JSON.stringify(person);
  persons.set(person, text);
  return text;
}
