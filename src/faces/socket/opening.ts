import { asRefusal, PlazaError } from '../../../contracts/errors.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { ClientFrame, ServerFrame } from '../../../contracts/wire.ts';
import { readJoined, readSynced } from './reads.ts';
import type { Client } from './registry.ts';
import type { SessionDeps } from './session.ts';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

export interface OpeningDeps extends SessionDeps {
  /** Null until the greeting and after the end. */
  client(): Client | null;
  send(frame: ServerFrame): void;
  /** Openings and leavings of one channel, one after the other. */
  inOrder<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** The client only listens, so what it missed is read for it. */
  listens: boolean;
}

/** A listener's sync that failed is tried again after so long. */
const retryMs = 1000;

/** How one client's channels open (L12) and how it comes to have what it missed. */
export function createOpening({ doors, hub, wheel, settings, client, send, inOrder, listens }: OpeningDeps) {
  async function join({ channel, id, since }: Omit<Extract<ClientFrame, { type: 'join' }>, 'type'>): Promise<null> {
    const me = client();
    if (!me) return null;
    if (!me.watches.has(channel) && me.watches.size >= settings.joins) {
      throw new PlazaError('conflict', `At most ${settings.joins} channels can be open on one connection; leave one first.`);
    }
    const watch = hub.hold(me, channel);
    const tell = (answer: Frame<'joined'> | Frame<'synced'>) => {
      if (watch.state === 'gone') throw new PlazaError('forbidden');
      watch.version = answer.version;
      send(id === undefined ? answer : { ...answer, id });
    };
    try {
      const joined = await readJoined(doors, me.who, { channel, ...(since !== undefined && { since }) });
      tell(joined);
      let { version, gap } = joined;
      while (listens && gap && client()) {
        const more = await readSynced(doors, me.who, { channel, since: version });
        tell(more);
        ({ version, gap } = more);
      }
      hub.open(watch, { version, number: joined.number, community: joined.channel.community });
    } catch (error) {
      hub.unwatch(watch);
      throw error;
    }
    return null;
  }

  async function joinAgain(channel: Id, since: number): Promise<void> {
    try {
      await inOrder(openingOf(channel), () => join({ channel, since }));
    } catch (error) {
      const refusal = asRefusal(error);
      if (!client()) return;
      if (refusal.retryable) wheel.after(retryMs, () => void joinAgain(channel, since));
      else send({ type: 'left', channel, code: refusal.code });
    }
  }

  return {
    join,

    /** These moved; what is open may have missed something. */
    behind(heads: Head[]): void {
      const told: Head[] = [];
      for (const head of heads) {
        const watch = listens ? client()?.watches.get(head.channel) : undefined;
        if (watch) void joinAgain(head.channel, watch.version);
        else told.push(head);
      }
      if (told.length > 0) send({ type: 'head', heads: told });
    },

    /** What the client has by a sync needs not be given again. */
    synced(answer: Frame<'synced'>): Frame<'synced'> {
      // The feed may tell of a commit just before readers can see it.
      const gap = answer.gap || hub.version(answer.channel) > answer.version;
      const watch = client()?.watches.get(answer.channel);
      if (watch?.state === 'open' && !gap) watch.version = Math.max(watch.version, answer.version);
      return { ...answer, gap };
    },
  };
}

/** The order that openings and leavings of a channel keep. */
export function openingOf(channel: Id): string {
  return `open ${channel}`;
}
