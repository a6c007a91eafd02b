import { PlazaError } from '../../contracts/errors.ts';
import type { MyChannel } from '../../contracts/wire.ts';
import type { Client } from '../client.ts';
import { short } from './draw.ts';

export interface Listed {
  mine: MyChannel;
  /** "#tomatoes", "@ana"; with the community in front where several of mine have that name. */
  title: string;
  unread: number;
}

/** My channels in the order in which `/go` numbers them. */
export function listed(client: Client): Listed[] {
  const all = [...client.state.value.channels.values()];
  const slugs = new Map(client.state.value.communities.map(({ community: { id, slug } }) => [id, slug]));
  const times = new Map<string, number>();
  for (const mine of all) times.set(nameOf(mine), (times.get(nameOf(mine)) ?? 0) + 1);
  const title = (mine: MyChannel) => {
    const name = nameOf(mine);
    const slug = slugs.get(mine.channel.community ?? '');
    return (times.get(name) ?? 0) > 1 && slug !== undefined ? `#${slug}/${name.slice(1)}` : name;
  };
  return all
    .map((mine) => ({ mine, title: title(mine), unread: mine.number - mine.read }))
    .toSorted((a, b) => a.title.localeCompare(b.title) || a.mine.channel.id.localeCompare(b.mine.channel.id));
}

function nameOf({ channel: { kind, name }, people }: MyChannel): string {
  if (kind === 'direct') return `@${people[0]?.handle ?? 'someone'}`;
  return `#${short(name ?? people.map((person) => person.handle).join(','))}`;
}

/** As the list and the prompt show it. */
export function titleOf(client: Client, id: string): string | undefined {
  return listed(client).find(({ mine }) => mine.channel.id === id)?.title;
}

/** One of my channels by its place in the list, its name or how its name begins. @throws not_found, conflict when there are several */
export function find(client: Client, words: string): MyChannel {
  const all = listed(client);
  const wanted = words.replace(/^[#@]/, '').toLowerCase();
  const named = all.filter(({ title }) => title.slice(1).toLowerCase() === wanted);
  const beginning = all.filter(({ title }) => wanted !== '' && title.slice(1).toLowerCase().startsWith(wanted));
  const place = /^\d+$/.test(words) ? all[Number(words) - 1] : undefined;
  const found = [named, place ? [place] : [], beginning].find(({ length }) => length > 0) ?? [];
  const [one] = found;
  if (!one) throw new PlazaError('not_found', `You are in no channel “${words}”; see /channels.`);
  if (found.length > 1) throw new PlazaError('conflict', `Which of them: ${found.map(({ title }) => title).join(', ')}?`);
  return one.mine;
}
