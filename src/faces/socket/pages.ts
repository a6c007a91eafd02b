import type { Id } from '../../../contracts/nouns.ts';
import type { Changes, Conversations } from '../../domains/conversations/index.ts';
import type { Hub } from './hub.ts';
import type { Wheel } from './wheel.ts';

export interface PagesDeps {
  conversations: Pick<Conversations, 'changed'>;
  hub: Pick<Hub, 'version'>;
  wheel: Wheel;
}

/** What was read is given to others for so long; much less than the hub remembers what the feed told. */
const keepMs = 1000;

export type Pages = ReturnType<typeof createPages>;

/**
 * What changed in a channel since a version, for clients that come back: when many do at once, they come from the same
 * place. It is read once and given to all who subscribed before anything newer was told (L12).
 */
export function createPages({ conversations, hub, wheel }: PagesDeps) {
  const kept = new Map<string, { page: Promise<Changes>; at: number }>();

  function read(key: string, channel: Id, version: number) {
    if (kept.size === 0) wheel.after(keepMs, sweep);
    const page = conversations.changed({ channel, version });
    const begun = { page, at: performance.now() };
    kept.set(key, begun);
    page.catch(() => drop(key, begun));
    return begun;
  }

  function drop(key: string, one: { page: Promise<Changes> }): void {
    if (kept.get(key) === one) kept.delete(key);
  }

  function sweep(): void {
    const now = performance.now();
    for (const [key, { at }] of kept) if (now - at >= keepMs) kept.delete(key);
    if (kept.size > 0) wheel.after(keepMs, sweep);
  }

  return {
    /** For a client whose watch of the channel is held already. @throws not_found */
    async since(channel: Id, version: number): Promise<Changes> {
      const key = `${channel}/${version}`;
      for (;;) {
        const known = kept.get(key);
        const isYoung = known !== undefined && performance.now() - known.at < keepMs;
        if (!isYoung) return read(key, channel, version).page;
        const page = await known.page;
        // All that the feed told before this client listened is in it.
        if (!page.gap && hub.version(channel) <= page.version) return page;
        drop(key, known);
      }
    },
  };
}
