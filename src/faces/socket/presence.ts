import { everybody, type Hint } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { People } from '../../domains/people/index.ts';
import type { Logger } from '../../kit/log.ts';
import type { Heard } from './registry.ts';
import type { SocketSettings } from './settings.ts';
import type { Wheel } from './wheel.ts';

export interface PresenceDeps {
  people: Pick<People, 'presence'>;
  wheel: Wheel;
  logger: Logger;
  settings: SocketSettings;
  /** This person came online or went offline. */
  changed(person: Id): void;
}

/** People of one hint. */
const peopleAtOnce = 1000;
/** Who is said to have left is believed to be gone after so long: a process that knows better answers sooner. */
const doubtMs = 1000;
const sweepMs = 250;
const nothing = () => {};

export type Presence = ReturnType<typeof createPresence>;

/**
 * Who is online, in this process or another. Each process says who came to it and who left, and repeats who is with it:
 * hints get lost, and a process that dies says nothing. Whoever is not heard of for long is offline.
 */
export function createPresence({ people, wheel, logger, settings, changed }: PresenceDeps) {
  /** People with connections to this process, those included who left within the grace. */
  const here = new Map<Id, { connections: number; callOff: () => void }>();
  /** Everybody online, and until when that holds unless it is heard again; whoever was heard of longest ago stands first. */
  const until = new Map<Id, number>();
  /** The same of those who are said to have left. */
  const doubted = new Map<Id, number>();
  const unsaid = new Map<Id, boolean>();
  let saying: Promise<void> | null = null;
  let isBroken = false;
  let isStopped = false;

  function say(person: Id, online: boolean): void {
    unsaid.set(person, online);
    saying ??= sayAll();
  }

  /** One hint after the other, so that the last word on somebody is also heard last. */
  async function sayAll(): Promise<void> {
    while (unsaid.size > 0 && !isStopped) {
      const part = [...unsaid.entries().take(peopleAtOnce)];
      for (const [person] of part) unsaid.delete(person);
      try {
        for (const online of [true, false]) {
          const named = part.filter(([, is]) => is === online).map(([person]) => person);
          await people.presence(named, online);
        }
      } catch (err) {
        logger.warn({ err }, 'Who is online could not be told; it is told again.');
      }
    }
    saying = null;
  }

  function online(person: Id): void {
    const isNew = !until.delete(person);
    until.set(person, wheel.now() + settings.presenceLostSeconds * 1000);
    doubted.delete(person);
    if (isNew) changed(person);
  }

  function offline(person: Id): void {
    if (here.has(person)) say(person, true);
    else if (until.has(person) && !doubted.has(person)) doubted.set(person, wheel.now() + doubtMs);
  }

  function repeat(): void {
    for (const person of here.keys()) say(person, true);
    wheel.after(settings.presenceRepeatSeconds * 1000, repeat);
  }

  function sweep(): void {
    for (const ends of isBroken ? [] : [doubted, until]) sweepOut(ends);
    wheel.after(sweepMs, sweep);
  }

  /** Looks at those whose time is over, and no further: everybody else may be many thousands. */
  function sweepOut(ends: Map<Id, number>): void {
    const now = wheel.now();
    for (const [person, end] of ends) {
      if (end > now) return;
      if (here.has(person)) continue;
      until.delete(person);
      doubted.delete(person);
      changed(person);
    }
  }

  wheel.after(settings.presenceRepeatSeconds * 1000, repeat);
  wheel.after(sweepMs, sweep);

  return {
    isOnline: (person: Id): boolean => until.has(person),

    /** A connection of this person begins here. */
    came(person: Id): void {
      const known = here.get(person);
      known?.callOff();
      here.set(person, { connections: (known?.connections ?? 0) + 1, callOff: nothing });
      if (known) return;
      online(person);
      say(person, true);
    },

    /** One ends. Whoever comes back within the grace was never away. */
    went(person: Id): void {
      const known = here.get(person);
      if (!known || --known.connections > 0) return;
      known.callOff = wheel.after(settings.presenceGraceSeconds * 1000, () => {
        here.delete(person);
        say(person, false);
      });
    },

    heard({ topic, bytes }: Heard): void {
      if (topic.kind !== 'hint' || topic.about !== everybody) return;
      const hint: Hint = JSON.parse(bytes.toString());
      if (hint.type === 'presence') for (const person of hint.people) (hint.online ? online : offline)(person);
    },
    /** Nobody is taken to be gone because the feed does not tell of them. */
    broken(): void {
      isBroken = true;
    },
    mended(): void {
      isBroken = false;
      for (const person of [...until.keys()]) online(person);
    },
    async stop(): Promise<void> {
      isStopped = true;
      await saying;
    },
  };
}
