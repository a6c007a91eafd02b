import type { Id, Person } from '../contracts/nouns.ts';
import type { MyChannel, MyCommunity } from '../contracts/wire.ts';
import { type ChannelLog, lastOf, type Mark, type Range } from './channelLog.ts';
import { createKept, type Storage } from './kept.ts';

/** What is mine, as the last page had it. */
export interface KnownLists {
  epoch: string;
  me: Person;
  communities: readonly MyCommunity[];
  channels: readonly MyChannel[];
}

/** What the last page knew, for one that begins without a connection. */
export interface Recall {
  lists(): KnownLists | null;
  keepLists(lists: KnownLists): void;
  /** The part of a channel that was looked at last, and who wrote in it; null in another epoch (L13). */
  log(channel: Id, epoch: string): { log: ChannelLog; people: readonly Person[] } | null;
  /** Keeps what is on the screen and what lies around it. */
  keepLog(log: ChannelLog, epoch: string, onScreen: Range, people: ReadonlyMap<Id, Person>): void;
  dropLog(channel: Id): void;
  /** The session is over: what others wrote stays on no device that was signed out. */
  forget(): void;
}

interface KnownLog {
  epoch: string;
  keptAt: number;
  log: Omit<ChannelLog, 'marks' | 'early' | 'aside' | 'seen' | 'whole'>;
  marks: [number, Mark][];
  people: Person[];
}

const mostLogs = 8;
/** Of a channel, and of these so many below what is on the screen. */
const mostMessages = 60;
const mostBelow = 20;

/**
 * What is kept is read by later versions too: a new shape of it takes new keys.
 * @param person whose they are: several may use one browser
 */
export function createRecall(storage: Storage | undefined, person: Id): Recall {
  const logs = createKept<KnownLog>(storage, `logs.${person}`);
  const lists = createKept<KnownLists>(storage, `lists.${person}`);

  return {
    lists: () => lists.all()['mine'] ?? null,
    keepLists: (known) => lists.put('mine', known),
    log(channel, epoch) {
      const known = logs.all()[channel];
      if (known === undefined || known.epoch !== epoch) return null;
      const { log, marks, people } = known;
      return { log: { ...log, marks: new Map(marks), early: new Map(), aside: new Map(), seen: log.version, whole: true }, people };
    },
    keepLog(log, epoch, onScreen, people) {
      const { details, version, number, read } = log;
      const last = Math.min(lastOf(log), onScreen.last + mostBelow);
      const first = Math.max(log.first, last - mostMessages + 1);
      const messages = log.messages.slice(first - log.first, last + 1 - log.first);
      // A log with a part missing is no place to go on from.
      if (!log.whole || log.seen > version || messages.length === 0) return;
      const authors = new Set(messages.map(({ author }) => author));
      const others = Object.entries(logs.all()).filter(([channel]) => channel !== details.id);
      for (const [channel] of others.sort(([, a], [, b]) => b.keptAt - a.keptAt).slice(mostLogs - 1)) logs.drop(channel);
      logs.put(details.id, {
        epoch,
        keptAt: Date.now(),
        log: { details, version, number, read, first, messages, atEnd: log.atEnd && last === lastOf(log) },
        marks: [...log.marks].filter(([at]) => at >= first && at <= last),
        people: [...people.values()].filter(({ id }) => authors.has(id)),
      });
    },
    dropLog: (channel) => logs.drop(channel),
    forget() {
      for (const channel of Object.keys(logs.all())) logs.drop(channel);
      lists.drop('mine');
    },
  };
}
