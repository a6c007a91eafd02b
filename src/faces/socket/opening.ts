import { asRefusal, PlazaError } from '../../../contracts/errors.ts';
import type { Head, Id } from '../../../contracts/nouns.ts';
import type { ClientFrame, ServerFrame } from '../../../contracts/wire.ts';
import type { Order } from './order.ts';
import { readJoined, readSynced } from './reads.ts';
import type { Client } from './registry.ts';
import type { SessionDeps } from './session.ts';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

/** Whose channels open. */
export interface Opener {
  readonly deps: SessionDeps;
  /** Null until the greeting and after the end. */
  readonly open: Client | null;
  /** The client only listens, so what it missed is read for it. */
  readonly listens: boolean;
  /** Openings and leavings of one channel come one after the other. */
  readonly order: Order;
  send(frame: ServerFrame): void;
}

/** A listener's sync that failed is tried again after so long. */
const retryMs = 1000;

/** Opens a channel (L12). */
export async function join(opener: Opener, { channel, id, since }: Omit<Extract<ClientFrame, { type: 'join' }>, 'type'>): Promise<null> {
  const { doors, hub, settings } = opener.deps;
  const me = opener.open;
  if (!me) return null;
  if (!me.watches.has(channel) && me.watches.size >= settings.joins) {
    throw new PlazaError('conflict', `At most ${settings.joins} channels can be open on one connection; leave one first.`);
  }
  const watch = hub.hold(me, channel);
  const tell = (answer: Frame<'joined'> | Frame<'synced'>) => {
    if (watch.state === 'gone') throw new PlazaError('forbidden');
    watch.version = answer.version;
    opener.send(id === undefined ? answer : { ...answer, id });
  };
  try {
    const joined = await readJoined(opener.deps, me.who, { channel, ...(since !== undefined && { since }) });
    tell(joined);
    let { version, gap } = joined;
    while (opener.listens && gap && opener.open) {
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

async function joinAgain(opener: Opener, channel: Id, since: number): Promise<void> {
  try {
    await opener.order.keep(openingOf(channel), () => join(opener, { channel, since }));
  } catch (error) {
    const refusal = asRefusal(error);
    if (!opener.open) return;
    if (refusal.retryable) opener.deps.wheel.after(retryMs, () => void joinAgain(opener, channel, since));
    else opener.send({ type: 'left', channel, code: refusal.code });
  }
}

/** These moved; what is open may have missed something. */
export function behind(opener: Opener, heads: Head[]): void {
  const told: Head[] = [];
  for (const head of heads) {
    const watch = opener.listens ? opener.open?.watches.get(head.channel) : undefined;
    if (watch) void joinAgain(opener, head.channel, watch.version);
    else told.push(head);
  }
  if (told.length > 0) opener.send({ type: 'head', heads: told });
}

/** What the client has by a sync needs not be given again. */
export function synced(opener: Opener, answer: Frame<'synced'>): Frame<'synced'> {
  // The feed may tell of a commit just before readers can see it.
  const gap = answer.gap || opener.deps.hub.version(answer.channel) > answer.version;
  const watch = opener.open?.watches.get(answer.channel);
  if (watch?.state === 'open' && !gap) watch.version = Math.max(watch.version, answer.version);
  return { ...answer, gap };
}

/** The order that openings and leavings of a channel keep. */
export function openingOf(channel: Id): string {
  return `open ${channel}`;
}
