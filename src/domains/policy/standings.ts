import { LRUCache } from 'lru-cache';
import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Facts } from './rules.ts';
import type { Who } from './who.ts';

/** Who stands how to which channel, remembered until an access event says otherwise. */
export interface Standings {
  get(who: Who, channel: Id, load: () => Promise<Facts | null>): Promise<Facts | null>;
  forget(event: AccessEvent | 'everything'): void;
  remember(on: boolean): void;
}

export function createStandings(): Standings {
  const known = new LRUCache<string, Facts>({ max: 50_000 });
  let remembering = false;
  // Moved by every access event: what was loaded while one arrived may be older than it, and is not kept.
  let generation = 0;

  return {
    async get(who, channel, load) {
      // The role is part of the key: it comes from the caller's token state, not from an access event on the channel.
      const key = `${channel}/${who.application}/${who.role}/${who.person?.id ?? ''}/${who.scopes.join()}`;
      const hit = known.get(key);
      if (hit !== undefined) return hit;
      const began = generation;
      const facts = await load();
      // Bans may end by the clock, without an event; a refusal is not worth remembering either.
      if (facts !== null && remembering && generation === began && facts.banned !== true) known.set(key, facts);
      return facts;
    },

    forget(event) {
      generation++;
      if (event === 'everything') {
        known.clear();
        return;
      }
      // Rare next to lookups: a walk over the whole is cheaper than indexes kept for it.
      for (const [key, facts] of known.entries()) {
        const [channel, application, , person] = key.split('/');
        const inScope =
          (event.channel !== undefined && event.channel === channel) ||
          (event.community !== undefined && event.community === facts.community) ||
          (event.application !== undefined && event.application === application) ||
          (event.channel === undefined && event.community === undefined && event.person !== undefined);
        if (inScope && (event.person === undefined || event.person === person)) known.delete(key);
      }
    },

    remember(on) {
      remembering = on;
    },
  };
}
