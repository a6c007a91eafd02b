import { PlazaError } from '../../contracts/errors.ts';
import { createClient } from '../client.ts';
import type { OpenChannel } from '../openChannel.ts';
import { commands, type Desk, listed, titleOf } from './commands.ts';
import { faint, nameOf, strong } from './draw.ts';
import { call } from './http.ts';
import { createScreen } from './screen.ts';
import { openSession } from './session.ts';
import { watchChannel } from './watch.ts';

/** The terminal client: one person, several channels, one on the screen. Resolves when it ends. */
export async function chat(options: { url: string; as: string }): Promise<void> {
  const screen = createScreen();
  const session = await openSession(options.url, options.as, screen);
  const client = createClient({ url: options.url, tokens: session.tokens(), onTokens: session.keep });
  const ended = Promise.withResolvers<void>();
  let current: OpenChannel | null = null;
  let stopWatching = () => {};
  let began = '';

  const desk: Desk = {
    client,
    screen,
    current: () => current,
    rest: (method, path, body) => call(options.url, method, path, session.tokens().access, body),
    async go(id) {
      const channel = await client.open(id);
      stopWatching();
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
    quit: () => ended.resolve(),
    async signOut() {
      await desk.rest('POST', '/v1/sign-out', {});
      session.forget();
      ended.resolve();
    },
  };

  function titleHere(): string {
    const mine = current === null ? undefined : client.state.value.channels.get(current.id);
    return mine ? titleOf(mine) : (current?.state.value.log?.details.name ?? 'plaza');
  }

  /** Where one is, who types, and what is not sent yet. */
  function drawPrompt(): void {
    const { at } = client.state.value.connection;
    const view = current?.state.value;
    const typing = view?.typing.length ? faint(` ${view.typing.map((person) => person.name).join(', ')} typing…`) : '';
    const waiting = view?.pending.filter((pending) => !pending.refused).length ?? 0;
    screen.prompt(
      `${titleHere()}${at === 'live' ? '' : faint(' offline')}${waiting > 0 ? faint(` (${waiting} on the way)`) : ''}${typing} › `,
    );
  }

  async function say(line: string): Promise<void> {
    const whole = began + line;
    began = '';
    if (whole.endsWith('\\')) {
      began = `${whole.slice(0, -1)}\n`;
      return;
    }
    const [, name, rest = ''] = /^\/([\w-]+)\s*(.*)$/s.exec(whole) ?? [];
    if (name !== undefined) {
      const command = commands[name];
      if (command) await command.run(desk, rest.trim());
      else screen.print(`There is no /${name}; /help lists what there is.`);
    } else if (current === null) {
      screen.print('No channel is open yet: /channels, /communities and /direct lead to one.');
    } else if (whole.trim() !== '') {
      screen.unecho(line);
      // A refusal is shown by the watcher, beside the message that it concerns.
      current.send(whole.replace(/^\/\//, '/')).catch(() => {});
    }
    drawPrompt();
  }

  // Lines are carried out one after another, however fast they come.
  let saying = Promise.resolve();
  screen.onLine((line) => {
    saying = saying
      .then(() => say(line))
      .catch((error: unknown) => screen.print(`✗ ${error instanceof Error ? error.message : String(error)}`));
  });
  screen.onKey(() => current?.typing());
  screen.onClose(() => {
    // The end of piped input: what was said is still sent.
    void saying.then(() => setTimeout(ended.resolve, process.stdin.isTTY ? 0 : 1000));
  });
  screen.completes((word) =>
    word.startsWith('/')
      ? Object.keys(commands)
          .map((name) => `/${name} `)
          .filter((name) => name.startsWith(word))
      : listed(client)
          .map(titleOf)
          .filter((title) => word !== '' && title.startsWith(word)),
  );

  // Null until the first connection; then whether it is up, as last told.
  let connected: boolean | null = null;
  let noticed = new Map<string, number>();
  const opening = Promise.withResolvers<void>();
  client.state.subscribe((state) => {
    const { connection } = state;
    if (connection.at === 'live' && connected !== true) {
      screen.print(faint('— connected'));
      connected = true;
      opening.resolve();
    }
    if (connection.at === 'waiting' && connected !== false) {
      screen.print(
        faint(
          connected
            ? '— the connection is cut; it comes back by itself, and what you write is kept'
            : `— ${options.url} does not answer; trying again`,
        ),
      );
      connected = false;
    }
    if (connection.at === 'closed' && connection.error) {
      if (connection.error.code === 'unauthenticated') session.forget();
      screen.print(`✗ ${connection.error.message}`);
      opening.reject(connection.error);
      ended.resolve();
    }
    drawPrompt();
    const next = new Map([...state.channels].map(([id, mine]) => [id, mine.number]));
    for (const [id, mine] of state.channels) {
      if (id !== current?.id && mine.number > mine.read && mine.number > (noticed.get(id) ?? mine.number))
        screen.print(faint(`· ${mine.number - mine.read} new in ${titleOf(mine)}`));
    }
    noticed = next;
  });

  try {
    await opening.promise;
    const { me } = client.state.value;
    if (me !== null) screen.print(`You are ${nameOf(me)} ${faint(`@${me.handle}. /help lists what you can do.`)}`);
    const first = listed(client).toSorted((a, b) => b.number - b.read - (a.number - a.read))[0];
    if (first) await desk.go(first.channel.id);
    else await commands['channels']?.run(desk, '');
    await ended.promise;
  } catch (error) {
    if (!(error instanceof PlazaError)) throw error;
  }
  client.close();
  screen.close();
}
