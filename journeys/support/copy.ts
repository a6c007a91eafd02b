import type { ChannelEvent } from '../../contracts/events.ts';
import type { Head, Id, Message } from '../../contracts/nouns.ts';
import type { ServerFrame } from '../../contracts/wire.ts';
import type { TestSocket } from './socket.ts';

/** What a reader holds of a channel who follows the protocol: applies events in order and syncs on a gap (L8). */
export interface Copy {
  channel: Id;
  version: number;
  messages: Map<number, Message>;
  /** Every event heard, by version, as it came. */
  heard: Map<number, ChannelEvent>;
  /** Events that came a second time with other content: there must be none. */
  contradictions: ChannelEvent[];
  /** The highest version that anything told of; more than `version` means a gap. */
  known: number;
  take(frame: ServerFrame): void;
}

export function createCopy(channel: Id): Copy {
  const copy: Copy = { channel, version: 0, messages: new Map(), heard: new Map(), contradictions: [], known: 0, take };

  function take(frame: ServerFrame): void {
    if (frame.type === 'events' && frame.channel === channel) frame.events.forEach(hear);
    else if (frame.type === 'synced' && frame.channel === channel) takePage(frame.version, frame.messages);
    else if (frame.type === 'joined' && frame.channel.id === channel) takePage(frame.version, frame.messages);
    else if (frame.type === 'head') frame.heads.forEach(takeHead);
  }

  function hear(event: ChannelEvent): void {
    const before = copy.heard.get(event.version);
    if (before && JSON.stringify(before) !== JSON.stringify(event)) copy.contradictions.push(event);
    copy.heard.set(event.version, event);
    copy.known = Math.max(copy.known, event.version);
    if (event.version !== copy.version + 1) return;
    copy.version = event.version;
    apply(event);
  }

  function apply(event: ChannelEvent): void {
    if ('message' in event) copy.messages.set(event.message.number, event.message);
    if (!('number' in event)) return;
    const message = copy.messages.get(event.number);
    if (!message) return;
    const change =
      event.type === 'reacted'
        ? { reactions: event.reactions }
        : event.type === 'pinned'
          ? { pinnedAt: event.pinnedAt }
          : { link: event.link };
    copy.messages.set(event.number, { ...message, ...change, version: event.version });
  }

  function takePage(version: number, messages: readonly Message[]): void {
    if (version <= copy.version) return;
    for (const message of messages) {
      if (message.version > (copy.messages.get(message.number)?.version ?? 0)) copy.messages.set(message.number, message);
    }
    copy.version = version;
    copy.known = Math.max(copy.known, version);
  }

  function takeHead(head: Head): void {
    if (head.channel === channel) copy.known = Math.max(copy.known, head.version);
  }

  return copy;
}

/**
 * Joins the copy's channel where the copy ends and keeps it up with everything the socket brings, as a client would.
 * Resolves when it has caught up for the first time.
 */
export async function follow(socket: TestSocket, copy: Copy): Promise<void> {
  let syncing: Promise<void> | null = null;
  const catchUp = () => {
    syncing ??= sync().finally(() => {
      syncing = null;
    });
    return syncing;
  };
  async function sync(): Promise<void> {
    while (copy.known > copy.version) {
      const before = copy.version;
      const { gap, version } = await socket.ask('synced', { type: 'sync', channel: copy.channel, since: before });
      // Known but not there to be read: the next event or head asks again.
      if (!gap && version <= before) return;
    }
  }
  socket.onFrame((frame) => {
    copy.take(frame);
    // A sync that fails fails with its socket; whoever holds that hears of it.
    if (copy.known > copy.version) catchUp().catch(() => {});
  });
  const joined = await socket.ask('joined', { type: 'join', channel: copy.channel, since: copy.version });
  if (joined.gap) copy.known = Math.max(copy.known, copy.version + 1);
  await catchUp();
}

/** Everything in a channel, read anew: what all copies must equal. */
export async function readAfresh(socket: TestSocket, channel: Id): Promise<Copy> {
  const copy = createCopy(channel);
  for (;;) {
    const page = await socket.ask('synced', { type: 'sync', channel, since: copy.version });
    copy.take(page);
    if (!page.gap) return copy;
  }
}
