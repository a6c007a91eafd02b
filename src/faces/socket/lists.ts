import type { Id } from '../../../contracts/nouns.ts';
import { type MyLists, readLists } from './reads.ts';
import type { Client } from './registry.ts';
import type { SessionDeps } from './session.ts';
import { readStable } from './stable.ts';

/** After so long lists that could not be read are read again. */
const retryMs = 1000;

export type Tell = (ready: MyLists & { online: Id[] }) => void;

/** Whose lists are kept up to date with the hub. */
export interface Listed {
  readonly deps: SessionDeps;
  /** Null until the greeting and after the end. */
  readonly open: Client | null;
  /** How the lists are that the hub was told: `old` and nobody reads, `read` again just now, and `old` again meanwhile. */
  lists: 'known' | 'read' | 'old';
}

/**
 * Reads what the client is a member of, tells it if it is for `ready`, and lets the hub know.
 * @param since since when the client may miss what its communities are told
 * @throws unavailable
 */
export async function readListsOf(listed: Listed, tell: Tell | null, since: number): Promise<void> {
  const { doors, hub, onlookers } = listed.deps;
  const me = listed.open;
  if (!me) return;
  const readMine = async () => ({ stamp: onlookers.stamp(), lists: await readLists(doors, me.who) });
  await readStable(hub, me, readMine, ({ stamp, lists }) => {
    const { online, isOld } = onlookers.show(me, lists.channels, { stamp, isReady: tell !== null });
    tell?.({ ...lists, online });
    const communities = lists.communities.map(({ community }) => community.id);
    const channels = lists.channels.map(({ channel, number, version }) => ({
      channel: channel.id,
      number,
      version,
      community: channel.community,
    }));
    const missed = hub.setLists(me, { communities, channels }, since);
    if (missed.length > 0) me.receiver.stale();
    if (isOld || missed.length > 0) readListsAgain(listed);
  });
}

/** They changed: reads them again in the background. */
export function readListsAgain(listed: Listed): void {
  if (!listed.open) return;
  const isReading = listed.lists !== 'known';
  listed.lists = 'old';
  if (!isReading) void readAgain(listed, listed.deps.hub.news());
}

async function readAgain(listed: Listed, since: number): Promise<void> {
  const { logger, wheel } = listed.deps;
  try {
    // All who hear what changed them have heard it before they are read.
    await null;
    while (listed.lists === 'old') {
      listed.lists = 'read';
      await readListsOf(listed, null, since);
    }
  } catch (err) {
    logger.warn({ err }, 'The lists of a listener could not be read; they are read again.');
    wheel.after(retryMs, () => readListsAgain(listed));
  }
  listed.lists = 'known';
}
