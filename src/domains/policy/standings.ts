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

/** How one caller stands to one channel. */
interface Standing {
  channel: Id;
  caller: string;
  application: Id;
  person: Id | null;
  facts: Facts;
}

/** Remembered at most; what was learned longest ago goes first. */
const most = 50_000;

export function createStandings(): Standings {
  const all = new Set<Standing>();
  /** Found by what is at hand, without a key put together: every message asks. */
  const byChannel = new Map<Id, Map<string, Standing>>();
  /** Access events come often, and a walk over all that is remembered takes 40 ms. */
  const byPerson = new Map<Id, Set<Standing>>();
  let remembering = false;
  // Moved by every access event: what was loaded while one arrived may be older than it, and is not kept.
  let generation = 0;

  const find = (channel: Id, caller: string) => byChannel.get(channel)?.get(caller);

  function add(standing: Standing): void {
    const { channel, caller, person } = standing;
    const before = find(channel, caller);
    if (before) drop(before);
    all.add(standing);
    const callers = byChannel.get(channel);
    if (callers) callers.set(caller, standing);
    else byChannel.set(channel, new Map([[caller, standing]]));
    if (person !== null) {
      const theirs = byPerson.get(person);
      if (theirs) theirs.add(standing);
      else byPerson.set(person, new Set([standing]));
    }
    const [oldest] = all;
    if (all.size > most && oldest) drop(oldest);
  }

  function drop(standing: Standing): void {
    const { channel, caller, person } = standing;
    all.delete(standing);
    const callers = byChannel.get(channel);
    callers?.delete(caller);
    if (callers?.size === 0) byChannel.delete(channel);
    const theirs = person === null ? undefined : byPerson.get(person);
    theirs?.delete(standing);
    if (person !== null && theirs?.size === 0) byPerson.delete(person);
  }

  /** All that the event may speak of, and perhaps more. */
  function near({ person, channel, community, application }: AccessEvent): Iterable<Standing> {
    if (person !== undefined) return byPerson.get(person) ?? [];
    if (channel !== undefined) return byChannel.get(channel)?.values() ?? [];
    return community !== undefined || application !== undefined ? all : [];
  }

  return {
    get: (who, channel) => find(channel, callerOf(who))?.facts ?? null,

    async ask(who, channel, load) {
      const began = generation;
      const facts = await load();
      // Bans may end by the clock, without an event; a refusal is not worth remembering either.
      if (facts !== null && remembering && generation === began && facts.banned !== true) {
        add({ channel, caller: callerOf(who), application: who.application, person: who.person?.id ?? null, facts });
      }
      return facts;
    },

    forget(event) {
      generation++;
      if (event === 'everything') {
        for (const kept of [all, byChannel, byPerson]) kept.clear();
        return;
      }
      for (const standing of [...near(event)]) {
        const { channel, application, person, facts } = standing;
        const inScope =
          (event.channel !== undefined && event.channel === channel) ||
          (event.community !== undefined && event.community === facts.community) ||
          (event.application !== undefined && event.application === application) ||
          (event.channel === undefined && event.community === undefined && event.person !== undefined);
        if (inScope && (event.person === undefined || event.person === person)) drop(standing);
      }
    },

    remember(on) {
      remembering = on;
    },
  };
}

const names = new WeakMap<Who, string>();

/** All of the caller that the facts depend on. Role and scopes come from the token's state, not from an access event on the channel. */
function callerOf(who: Who): string {
  const known = names.get(who);
  if (known !== undefined) return known;
  const caller = `${who.application}/${who.role}/${who.person?.id ?? ''}/${who.scopes.join()}`;
  names.set(who, caller);
  return caller;
}
