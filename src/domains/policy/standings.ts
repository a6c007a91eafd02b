import { LRUCache } from 'lru-cache';
import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Facts } from './rules.ts';
import type { Who } from './who.ts';

/** Who stands how to which channel, remembered until an access event says otherwise. */
export interface Standings {
  /** What is remembered; null where it must be asked. */
  get(who: Who, channel: Id): Facts | null;
  /** Asks, and remembers the answer. */
  ask(who: Who, channel: Id, load: () => Promise<Facts | null>): Promise<Facts | null>;
  forget(event: AccessEvent | 'everything'): void;
  remember(on: boolean): void;
}

export function createStandings(): Standings {
  /** Keys by person and by channel: access events come often, and a walk over all that is remembered takes 40 ms. */
  const lists = { person: new Map<string, Set<string>>(), channel: new Map<string, Set<string>>() };
  const known = new LRUCache<string, Facts>({ max: 50_000, dispose: (_facts, key) => unlist(key) });
  let remembering = false;
  // Moved by every access event: what was loaded while one arrived may be older than it, and is not kept.
  let generation = 0;

  function listsOf(key: string) {
    const { channel, person } = parts(key);
    return [
      [lists.person, person],
      [lists.channel, channel],
    ] as const;
  }

  function list(key: string): void {
    for (const [map, id] of listsOf(key)) {
      const keys = map.get(id);
      if (keys) keys.add(key);
      else map.set(id, new Set([key]));
    }
  }

  function unlist(key: string): void {
    for (const [map, id] of listsOf(key)) {
      const keys = map.get(id);
      keys?.delete(key);
      if (keys?.size === 0) map.delete(id);
    }
  }

  /** All that the event may speak of, and perhaps more. */
  function near(event: AccessEvent): Iterable<string> {
    if (event.person !== undefined) return lists.person.get(event.person) ?? [];
    if (event.channel !== undefined) return lists.channel.get(event.channel) ?? [];
    return event.community !== undefined || event.application !== undefined ? known.keys() : [];
  }

  return {
    get: (who, channel) => known.get(keyOf(who, channel)) ?? null,

    async ask(who, channel, load) {
      const began = generation;
      const facts = await load();
      // Bans may end by the clock, without an event; a refusal is not worth remembering either.
      if (facts !== null && remembering && generation === began && facts.banned !== true) {
        const key = keyOf(who, channel);
        known.set(key, facts);
        list(key);
      }
      return facts;
    },

    forget(event) {
      generation++;
      if (event === 'everything') {
        known.clear();
        return;
      }
      for (const key of [...near(event)]) {
        const { channel, application, person } = parts(key);
        const inScope =
          (event.channel !== undefined && event.channel === channel) ||
          (event.community !== undefined && event.community === known.peek(key)?.community) ||
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

/** All of the caller that the facts depend on. Role and scopes come from the token's state, not from an access event on the channel. */
function keyOf(who: Who, channel: Id): string {
  const scopes = who.scopes.length === 0 ? '' : who.scopes.join();
  return `${channel}/${who.application}/${who.role}/${who.person?.id ?? ''}/${scopes}`;
}

function parts(key: string): { channel: string; application: string; person: string } {
  const [channel = '', application = '', , person = ''] = key.split('/');
  return { channel, application, person };
}
