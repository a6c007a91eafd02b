import type { Client } from '../client.ts';
import { titleOf } from './channels.ts';
import { faint } from './draw.ts';
import type { Screen } from './screen.ts';

/** A busy channel that is not on the screen makes itself heard once in so long. */
const quietMs = 60_000;

/** Tells of the connection, and of new messages in channels that are not on the screen. */
export function watchNotices(client: Client, url: string, screen: Screen, current: () => string | null): void {
  // Null until it is known whether the server answers.
  let isConnected: boolean | null = null;
  const toldAt = new Map<string, number>();
  let before = client.state.value.channels;

  client.state.subscribe(({ connection, channels }) => {
    if (connection.at === 'live' && isConnected !== true) {
      if (isConnected === false) screen.print(faint('— connected'));
      isConnected = true;
    }
    if (connection.at === 'waiting' && isConnected !== false) {
      const cut = '— the connection is cut; it comes back by itself, and what you write is kept';
      screen.print(faint(isConnected ? cut : `— ${url} does not answer; trying again`));
      isConnected = false;
    }
    if (channels === before) return;
    const old = before;
    before = channels;
    for (const [id, mine] of channels) {
      const unread = mine.number - mine.read;
      if (unread <= 0) toldAt.delete(id);
      if (id === current() || unread <= 0 || mine.number <= (old.get(id)?.number ?? mine.number)) continue;
      if (Date.now() - (toldAt.get(id) ?? 0) < quietMs) continue;
      toldAt.set(id, Date.now());
      screen.print(faint(`· ${unread} new in ${titleOf(client, id)}`));
    }
  });
}
