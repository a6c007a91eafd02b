import type { Channel, Community, Profile } from '../../contracts/nouns.ts';
import type { MyChannel } from '../../contracts/wire.ts';
import type { Client } from '../client.ts';
import type { OpenChannel } from '../openChannel.ts';
import { drawMessage, faint, nameOf, plain, strong } from './draw.ts';
import type { Screen } from './screen.ts';

/** What a command has to work with. */
export interface Desk {
  client: Client;
  screen: Screen;
  /** The channel on the screen. */
  current(): OpenChannel | null;
  go(channel: string): Promise<void>;
  rest<T>(method: string, path: string, body?: object): Promise<T>;
  quit(): void;
  signOut(): Promise<void>;
}

interface Command {
  usage: string;
  help: string;
  run(desk: Desk, rest: string): Promise<void> | void;
}

/** A channel's name as the list and the prompt show it. */
export function titleOf(mine: MyChannel): string {
  const { kind, name } = mine.channel;
  if (kind === 'direct') return `@${mine.people[0]?.handle ?? 'someone'}`;
  return `#${plain(name ?? mine.people.map((person) => person.handle).join(','))}`;
}

/** My channels in the order in which `/go` numbers them. */
export function listed(client: Client): MyChannel[] {
  return [...client.state.value.channels.values()].toSorted(
    (a, b) => titleOf(a).localeCompare(titleOf(b)) || a.channel.id.localeCompare(b.channel.id),
  );
}

function here(desk: Desk): OpenChannel {
  const channel = desk.current();
  if (channel === null) throw new Error('No channel is open; see /channels.');
  return channel;
}

/** "12 rest" or "#12 rest"; without a number, my last message. */
function numbered(desk: Desk, rest: string): { channel: OpenChannel; number: number; rest: string } {
  const channel = here(desk);
  const found = /^#?(\d+)\s*(.*)$/s.exec(rest);
  if (found) return { channel, number: Number(found[1]), rest: found[2] ?? '' };
  const mine = channel.state.value.log?.messages.findLast(
    (message) => message.author === desk.client.state.value.me?.id && message.body !== null,
  );
  if (!mine) throw new Error('Say which message: its number stands behind the #.');
  return { channel, number: mine.number, rest };
}

export const commands: Record<string, Command> = {
  channels: {
    usage: '/channels',
    help: 'lists your channels and what is unread in them',
    run({ client, screen }) {
      const all = listed(client);
      if (all.length === 0) screen.print('You are in no channel yet: /communities shows where to join, /direct writes to a person.');
      for (const [i, mine] of all.entries()) {
        const unread = mine.number - mine.read;
        screen.print(
          `${faint(`${i + 1}`.padStart(3))} ${unread > 0 ? strong(titleOf(mine)) : titleOf(mine)} ${unread > 0 ? `${unread} new` : ''} ${faint(plain(mine.channel.topic))}`,
        );
      }
    },
  },
  go: {
    usage: '/go <place in the list, or name>',
    help: 'shows another channel',
    async run(desk, rest) {
      const all = listed(desk.client);
      const wanted =
        all[Number(rest) - 1] ?? all.find((mine) => titleOf(mine).slice(1).toLowerCase() === rest.replace(/^[#@]/, '').toLowerCase());
      if (!wanted) throw new Error(`You are in no channel “${rest}”; see /channels.`);
      await desk.go(wanted.channel.id);
    },
  },
  communities: {
    usage: '/communities [words]',
    help: 'finds communities to join',
    async run({ rest, screen }, words) {
      const { items } = await rest<{ items: Community[] }>(
        'GET',
        `/v1/communities?first=50${words === '' ? '' : `&q=${encodeURIComponent(words)}`}`,
      );
      if (items.length === 0) screen.print('None found.');
      for (const community of items)
        screen.print(`${strong(plain(community.name))} ${faint(`${community.slug}  ${plain(community.description).slice(0, 80)}`)}`);
    },
  },
  join: {
    usage: '/join <community>',
    help: 'joins a community',
    async run({ rest, screen }, slug) {
      const community = await rest<Community>('GET', `/v1/communities/${encodeURIComponent(slug)}`);
      await rest('PUT', `/v1/communities/${community.id}/members/me`);
      screen.print(`Joined ${strong(plain(community.name))}. /channels lists its chats.`);
    },
  },
  direct: {
    usage: '/direct <handle>',
    help: 'writes to one person',
    async run(desk, handle) {
      const person = await desk.rest<Profile>('GET', `/v1/people/${encodeURIComponent(`@${handle.replace(/^@/, '')}`)}`);
      const channel = await desk.rest<Channel>('POST', '/v1/directs', { person: person.id });
      await desk.go(channel.id);
    },
  },
  older: {
    usage: '/older',
    help: 'shows the messages before',
    async run(desk) {
      const channel = here(desk);
      const first = channel.state.value.log?.first ?? 1;
      if (!(await channel.older(20))) return desk.screen.print(faint('— this is where it began'));
      const log = channel.state.value.log;
      for (const message of log?.messages ?? [])
        if (message.number < first) desk.screen.print(drawMessage(message, desk.client.state.value.people));
      desk.screen.print(faint('—'));
    },
  },
  reply: {
    usage: '/reply <#number> <text>',
    help: 'answers a message',
    async run(desk, rest) {
      const { channel, number, rest: body } = numbered(desk, rest);
      await channel.send(body, { replyTo: number });
    },
  },
  edit: {
    usage: '/edit [#number] <text>',
    help: 'replaces your last message, or the one named',
    async run(desk, rest) {
      const { channel, number, rest: body } = numbered(desk, rest);
      await channel.edit(number, body);
    },
  },
  delete: {
    usage: '/delete [#number]',
    help: 'deletes your last message, or the one named',
    async run(desk, rest) {
      const { channel, number } = numbered(desk, rest);
      await channel.delete(number);
    },
  },
  react: {
    usage: '/react <#number> <emoji>',
    help: 'leaves a reaction, or takes it back',
    async run(desk, rest) {
      const { channel, number, rest: emoji } = numbered(desk, rest);
      const on = !(channel.state.value.log?.mine.get(number) ?? []).includes(emoji);
      await channel.react(number, emoji, on);
    },
  },
  pin: {
    usage: '/pin <#number>',
    help: 'pins a message, or takes the pin away',
    async run(desk, rest) {
      const { channel, number } = numbered(desk, rest);
      const pinned = channel.state.value.log?.messages.find((message) => message.number === number)?.pinnedAt != null;
      await channel.pin(number, !pinned);
    },
  },
  me: {
    usage: '/me',
    help: 'tells who you are here',
    run({ client, screen }) {
      const me = client.state.value.me;
      if (me !== null) screen.print(`${nameOf(me)} @${me.handle}`);
    },
  },
  'sign-out': { usage: '/sign-out', help: 'signs this terminal out and ends', run: (desk) => desk.signOut() },
  quit: { usage: '/quit', help: 'ends; Ctrl-C does too', run: (desk) => desk.quit() },
  help: {
    usage: '/help',
    help: 'lists the commands',
    run({ screen }) {
      for (const command of Object.values(commands)) screen.print(`${command.usage.padEnd(36)} ${faint(command.help)}`);
      screen.print(faint('Everything else is sent. // at the beginning sends one /. A \\ at the end of a line goes on in the next.'));
    },
  },
};
