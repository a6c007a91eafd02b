import { PlazaError } from '../../contracts/errors.ts';
import { createClient } from '../client.ts';
import type { OpenChannel } from '../openChannel.ts';
import { find, listed, titleOf } from './channels.ts';
import { commands, type Desk } from './commands.ts';
import { faint, nameOf, short, strong } from './draw.ts';
import { watchNotices } from './notices.ts';
import { createScreen } from './screen.ts';
import { openSession } from './session.ts';
import { watchChannel } from './watch.ts';

export interface ChatOptions {
  url: string;
  /** Keeps several people apart on one computer; may be an e-mail address. */
  as: string;
  /** The channel to begin with; the one with most unread messages if empty. */
  in: string;
}

/** What was written before the input ended is still sent, within this time. */
const sendingMs = 15_000;

/**
 * The terminal client: one person, several channels, one on the screen. Resolves when it ends.
 * @throws PlazaError what ended it, if that was not the person
 */
export async function chat(options: ChatOptions): Promise<void> {
  const screen = createScreen();
  try {
    await talk(options, screen);
  } finally {
    screen.close();
  }
}

async function talk({ url, as, in: wanted }: ChatOptions, screen: ReturnType<typeof createScreen>): Promise<void> {
  const { tokens, session } = await openSession(url, as, screen);
  const client = createClient({ url, tokens, onTokens: session.keep, keptTokens: session.kept });
  const ended = Promise.withResolvers<void>();
  const live = Promise.withResolvers<void>();
  let current: OpenChannel | null = null;
  let stopWatching = () => {};
  let began = '';

  const desk: Desk = {
    client,
    screen,
    current: () => current,
    async go(id) {
      const channel = await client.open(id);
      stopWatching();
      current?.close();
      current = channel;
      screen.print(strong(`— ${titleHere()}`));
      const stopMessages = watchChannel(channel, screen, () => client.state.value.people);
      const stopPrompt = channel.state.subscribe(drawPrompt);
      stopWatching = () => {
        stopMessages();
        stopPrompt();
      };
      drawPrompt();
    },
    quit: ended.resolve,
    async signOut() {
      await client.rest('POST', '/v1/sign-out', {});
      session.forget();
      ended.resolve();
    },
  };

  function titleHere(): string {
    if (current === null) return 'plaza';
    return titleOf(client, current.id) ?? `#${short(current.state.value.log?.details.name ?? '')}`;
  }

  /** Where one is, who types, and what is not sent yet. */
  function drawPrompt(): void {
    const isLive = client.state.value.connection.at === 'live';
    const { typing = [], pending = [] } = current?.state.value ?? {};
    const waiting = pending.filter(({ refused, number }) => !refused && number === undefined).length;
    const lines = began.split('\n').length - 1;
    const who = typing.length > 2 ? 'several people' : typing.map(({ name }) => short(name, 16)).join(' and ');
    const notes = [
      isLive ? '' : 'offline',
      waiting > 0 ? `${waiting} ${isLive ? 'on the way' : 'kept'}` : '',
      who === '' ? '' : `${who} typing…`,
      lines === 0 ? '' : `${lines} line${lines === 1 ? '' : 's'} before this`,
    ].filter(Boolean);
    screen.prompt(`${titleHere()}${notes.length > 0 ? faint(` (${notes.join(', ')})`) : ''} › `);
  }

  function say(text: string): void {
    if (current === null) screen.print('No channel is open yet: /channels, /communities, /direct and /create lead to one.');
    else if (text.trim() !== '') {
      if (client.state.value.connection.at !== 'live') screen.print(faint(`⋯ kept until the connection is back: ${short(text, 60)}`));
      // A refusal is shown by the watcher.
      void current.send(text);
    }
  }

  async function obey(line: string): Promise<void> {
    const [, name = '', rest = ''] = /^\/([\w-]*)\s*(.*)$/s.exec(line) ?? [];
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command) await command.run(desk, rest.trim());
    else screen.print(`There is no /${name}; /help lists what there is.`);
  }

  // Lines are carried out one after another, however fast they come.
  let saying = Promise.resolve();
  function enter(line: string, goesOn: boolean): boolean {
    const isLast = !goesOn && !line.endsWith('\\');
    if (!isLast) {
      began += `${goesOn ? line : line.slice(0, -1)}\n`;
      drawPrompt();
      return goesOn;
    }
    const whole = began + line;
    const isCommand = began === '' && /^\/(?!\/)/.test(whole);
    began = '';
    saying = saying
      .then(() => (isCommand ? obey(whole) : say(whole.replace(/^\/\//, '/').trimEnd())))
      .catch((error: unknown) => screen.print(`✗ ${error instanceof Error ? error.message : String(error)}`))
      .finally(drawPrompt);
    return !isCommand && current !== null;
  }

  /** The input is over: what was written is still sent. */
  async function finish(): Promise<void> {
    await saying;
    const isSent = () => current?.state.value.pending.every(({ number, refused }) => number !== undefined || refused) ?? true;
    if (!isSent()) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, sendingMs);
        current?.state.subscribe(() => isSent() && resolve());
      });
    }
    if (!isSent()) throw new PlazaError('unavailable', 'The server did not answer; not everything was sent.');
    const refused = current?.state.value.pending.find((one) => one.refused)?.refused;
    if (refused && !screen.isTerminal) throw refused;
  }

  screen.onType((line) => {
    if (line !== '' && !line.startsWith('/')) current?.typing();
  });
  screen.onGiveUp(() => {
    began = '';
    drawPrompt();
  });
  screen.completes((word) => {
    const people = [...client.state.value.people.values()].map(({ handle }) => `@${handle}`);
    const titles = listed(client).map(({ title }) => title);
    const all = word.startsWith('/') ? Object.keys(commands).map((name) => `/${name} `) : [...new Set([...titles, ...people])];
    return word === '' ? [] : all.filter((one) => one.toLowerCase().startsWith(word.toLowerCase()));
  });
  watchNotices(client, url, screen, () => current?.id ?? null);
  client.state.subscribe(({ connection }) => {
    if (connection.at === 'live') live.resolve();
    if (connection.at === 'closed' && connection.error) {
      if (connection.error.code === 'unauthenticated') session.forget();
      live.reject(connection.error);
      ended.reject(connection.error);
    }
    drawPrompt();
  });
  // Until the first channel is open, only the end of a terminal ends it; what is piped in waits.
  screen.onEnd(() => screen.isTerminal && live.reject(null));
  ended.promise.catch(() => {});

  try {
    await live.promise;
    const { me } = client.state.value;
    if (me !== null && screen.isTerminal) screen.print(`You are ${nameOf(me)} ${faint(`@${me.handle}. /help lists what you can do.`)}`);
    const first = wanted === '' ? listed(client).toSorted((a, b) => b.unread - a.unread)[0]?.mine : find(client, wanted);
    if (first) await desk.go(first.channel.id);
    else await obey('/channels');
    screen.onLine(enter);
    screen.onEnd(() => void finish().then(ended.resolve, ended.reject));
    drawPrompt();
    await ended.promise;
  } catch (error) {
    // The person left before anything began.
    if (error !== null) throw error;
  } finally {
    client.close();
  }
}
