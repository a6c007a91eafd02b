import type { Channel, Community, Profile } from '../../contracts/nouns.ts';
import type { Client } from '../client.ts';
import type { OpenChannel } from '../openChannel.ts';
import { find, listed } from './channels.ts';
import { drawMessage, faint, nameOf, short, strong } from './draw.ts';
import type { Screen } from './screen.ts';

/** What a command has to work with. */
export interface Desk {
  client: Client;
  screen: Screen;
  /** The channel on the screen. */
  current(): OpenChannel | null;
  go(channel: string): Promise<void>;
  quit(): void;
  signOut(): Promise<void>;
}

interface Command {
  usage: string;
  help: string;
  run(desk: Desk, rest: string): Promise<void> | void;
}

function here(desk: Desk): OpenChannel {
  const channel = desk.current();
  if (channel === null) throw new Error('No channel is open; see /channels.');
  return channel;
}

/** "#12 rest", or "12 rest" where no text stands at the beginning; without a number, my last message. */
function numbered(desk: Desk, rest: string, sign = /^#?/): { channel: OpenChannel; number: number; rest: string } {
  const channel = here(desk);
  const found = new RegExp(`${sign.source}(\\d+)(?:\\s+(.*))?$`, 's').exec(rest);
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
      if (all.length === 0)
        screen.print('You are in no channel yet: /communities shows where to join, /create makes one, /direct writes to a person.');
      for (const [i, { mine, title, unread }] of all.entries()) {
        const topic = faint(short(mine.channel.topic, 60));
        const isOnline = mine.channel.kind === 'direct' && client.state.value.online.has(mine.people[0]?.id ?? '');
        const dot = isOnline ? ' ●' : '';
        screen.print(`${faint(`${i + 1}`.padStart(3))} ${unread > 0 ? `${strong(title)}${dot} ${unread} new` : `${title}${dot}`} ${topic}`);
      }
    },
  },
  go: {
    usage: '/go <place in the list, or name>',
    help: 'shows another channel',
    run: (desk, rest) => desk.go(find(desk.client, rest).channel.id),
  },
  communities: {
    usage: '/communities [words]',
    help: 'finds communities to join',
    async run({ client, screen }, words) {
      const { items } = await client.rest<{ items: Community[] }>(
        'GET',
        `/v1/communities?first=50${words === '' ? '' : `&q=${encodeURIComponent(words)}`}`,
      );
      if (items.length === 0) screen.print('None found.');
      for (const community of items)
        screen.print(`${strong(short(community.name))} ${faint(`${community.slug}  ${short(community.description, 80)}`)}`);
    },
  },
  join: {
    usage: '/join <community>',
    help: 'joins a community',
    async run({ client, screen }, slug) {
      if (slug === '') throw new Error('Say which community; /communities lists them.');
      const community = await client.rest<Community>('GET', `/v1/communities/${encodeURIComponent(slug)}`);
      await client.rest('PUT', `/v1/communities/${community.id}/members/me`);
      screen.print(`Joined ${strong(short(community.name))}. /channels lists its chats, /go leads to one.`);
    },
  },
  create: {
    usage: '/create <name>',
    help: 'makes a community with a first chat',
    async run(desk, name) {
      const community = await desk.client.rest<Community>('POST', '/v1/communities', { name });
      const chats = await desk.client.rest<{ items: Channel[] }>('GET', `/v1/communities/${community.id}/channels`);
      desk.screen.print(`Others come in by /join ${community.slug}`);
      if (chats.items[0]) await desk.go(chats.items[0].id);
    },
  },
  chat: {
    usage: '/chat <name>',
    help: 'makes another chat in the community of this one',
    async run(desk, name) {
      const community = here(desk).state.value.log?.details.community ?? null;
      if (community === null) throw new Error('This channel is in no community; /create makes one.');
      await desk.go((await desk.client.rest<Channel>('POST', `/v1/communities/${community}/channels`, { name })).id);
    },
  },
  direct: {
    usage: '/direct <handle>',
    help: 'writes to one person',
    async run(desk, handle) {
      if (handle === '') throw new Error('Say to whom, by handle: /direct ana');
      const person = await desk.client.rest<Profile>('GET', `/v1/people/${encodeURIComponent(`@${handle.replace(/^@/, '')}`)}`);
      const channel = await desk.client.rest<Channel>('POST', '/v1/directs', { person: person.id });
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
      // A refusal is shown by the watcher.
      void channel.send(body, { replyTo: number });
    },
  },
  edit: {
    usage: '/edit [#number] <text>',
    help: 'replaces your last message, or the one named',
    async run(desk, rest) {
      const { channel, number, rest: body } = numbered(desk, rest, /^#/);
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
      const on = !(channel.state.value.log?.marks.get(number)?.emoji ?? []).includes(emoji);
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
  retry: {
    usage: '/retry',
    help: 'sends again what was refused',
    run(desk) {
      const channel = here(desk);
      for (const { key, refused } of channel.state.value.pending) if (refused) channel.retry(key);
    },
  },
  discard: {
    usage: '/discard',
    help: 'forgets what was refused',
    run(desk) {
      const channel = here(desk);
      for (const { key, refused } of channel.state.value.pending) if (refused) channel.discard(key);
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
  quit: { usage: '/quit', help: 'ends; Ctrl-C and Ctrl-D do too', run: (desk) => desk.quit() },
  help: {
    usage: '/help',
    help: 'lists the commands',
    run({ screen }) {
      for (const command of Object.values(commands)) screen.print(`${command.usage.padEnd(36)} ${faint(command.help)}`);
      screen.print(
        faint('Everything else is sent. // at the beginning sends one /. A \\ at the end of a line goes on in the next. Tab completes.'),
      );
    },
  },
};
