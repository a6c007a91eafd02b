import type { Id } from '../../../contracts/nouns.ts';
import type { Logger } from '../../kit/log.ts';
import { type MyLists, readLists } from './reads.ts';
import type { Client } from './registry.ts';
import type { SessionDeps } from './session.ts';
import { readStable } from './stable.ts';

/** After so long lists that could not be read are read again. */
const retryMs = 1000;

type Tell = (ready: MyLists & { online: Id[] }) => void;

export interface Lists {
  /** Reads what the client is a member of, tells it if it is for `ready`, and lets the hub know. @throws unavailable */
  read(tell: Tell | null): Promise<void>;
  /** They changed: reads them again in the background. */
  again(): void;
}

/** What one client is a member of, kept up to date with the hub. */
export function createLists(
  { doors, hub, onlookers, wheel, logger }: SessionDeps & { logger: Logger },
  client: () => Client | null,
): Lists {
  let isReading = false;
  let isOld = false;

  async function read(tell: Tell | null): Promise<void> {
    const me = client();
    if (!me) return;
    const readMine = async () => ({ stamp: onlookers.stamp(), lists: await readLists(doors, me.who) });
    await readStable(hub, me, readMine, ({ stamp, lists }) => {
      const { online, isOld } = onlookers.show(me, lists.channels, { stamp, isReady: tell !== null });
      tell?.({ ...lists, online });
      hub.setLists(me, {
        communities: lists.communities.map(({ community }) => community.id),
        channels: lists.channels.map(({ channel, number, version }) => ({
          channel: channel.id,
          number,
          version,
          community: channel.community,
        })),
      });
      if (isOld) again();
    });
  }

  async function readAgain(): Promise<void> {
    isReading = true;
    try {
      while (isOld) {
        isOld = false;
        await read(null);
      }
    } catch (err) {
      logger.warn({ err }, 'The lists of a listener could not be read; they are read again.');
      wheel.after(retryMs, again);
    }
    isReading = false;
  }

  function again(): void {
    isOld = true;
    if (!isReading && client()) void readAgain();
  }

  return { read, again };
}
