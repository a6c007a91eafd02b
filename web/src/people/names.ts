import type { Channel, Id, Person } from '../../../contracts/nouns.ts';
import type { MyChannel } from '../../../contracts/wire.ts';
import { language, t } from '../texts/index.ts';

/** What a channel is called on the screen: its name, else the people in it. */
export function channelName(channel: Pick<Channel, 'name'>, people: readonly Pick<Person, 'name'>[]): string {
  if (channel.name !== null && channel.name !== '') return channel.name;
  if (people.length === 0) return t('people.nobodyElse');
  return new Intl.ListFormat(language.value, { style: 'short', type: 'unit' }).format(people.map((person) => person.name));
}

/** Direct and group channels, those with the most to read first, then the youngest. */
export function conversations(channels: ReadonlyMap<Id, MyChannel>): MyChannel[] {
  return [...channels.values()]
    .filter(({ channel }) => channel.kind === 'direct' || channel.kind === 'group')
    .sort((a, b) => unread(b) - unread(a) || (BigInt(b.channel.id) > BigInt(a.channel.id) ? 1 : -1));
}

/** [L11] What is left to read. */
export const unread = (mine: Pick<MyChannel, 'number' | 'read'>): number => Math.max(0, mine.number - mine.read);
