import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id, Message, Person } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { keep, known, type Loaded, load } from './groupLoad.ts';
import { type Written, writeAll } from './groupWrite.ts';
import { type Erased, eventOf, messageAfter, type Step } from './steps.ts';

/** A change that somebody wants in a channel's log. */
export interface Change {
  channel: Id;
  by: Person;
  /** The message it is about; absent for a post and for a change of the channel itself. */
  number?: number;
  /** A post's key (L4). */
  key?: string;
  /** When it happened, in milliseconds since 1970: only for history that is brought in. */
  at?: number;
  /**
   * Decides on the locked state: what to do, null when all is already as wanted, or a thrown refusal. It must not wait
   * and must not keep anything: after a lost connection it is asked again.
   */
  plan(state: PlanState): Step | null;
}

export interface PlanState {
  channel: Channel;
  /** Of the last message. */
  number: number;
  version: number;
  /** The message the change is about; null when there is none of that number. */
  message: Message | null;
  /** What was taken from it, if it is deleted. */
  erased: Erased | null;
  /** Emoji that the change's author has on it. */
  mine: readonly string[];
}

export interface Outcome {
  channel: Id;
  number: number;
  version: number;
  /** Null for a change of the channel itself. */
  message: Message | null;
  details: Channel;
  repeated: boolean;
}

/**
 * Writes a group of changes in one transaction: takes the numbers and versions under the heads' locks, writes the
 * rows, emits the events (L1, L2, L5). A change that its plan refuses has its refusal in its place and leaves no
 * trace; anything else that goes wrong is thrown, and the whole transaction must be undone.
 *
 * @param now milliseconds since 1970
 */
export async function writeGroup(
  tx: Transaction,
  changes: readonly Change[],
  now: number,
): Promise<{ results: (Outcome | PlazaError)[]; loaded: Loaded }> {
  const loaded = await load(tx, changes);
  const { results, written } = decide(changes, loaded, now);
  if (written.length > 0) await writeAll(tx, written, loaded);
  return { results, loaded };
}

/** Asks the plans in order, each on the state as those before leave it; `loaded` becomes the state after all of them. */
export function decide(changes: readonly Change[], loaded: Loaded, now: number): { results: (Outcome | PlazaError)[]; written: Written[] } {
  const written: Written[] = [];
  // Thousands of posts a second are touched by nobody in their own group.
  const all = { ms: now, at: new Date(now).toISOString(), touches: changes.some(({ number }) => number !== undefined) };
  const results = changes.map((change) => {
    try {
      return apply(change, loaded, written, all);
    } catch (error) {
      if (error instanceof PlazaError) return error;
      throw error;
    }
  });
  return { results, written };
}

function apply(change: Change, loaded: Loaded, written: Written[], all: { ms: number; at: string; touches: boolean }): Outcome {
  const { channel: id, by, key } = change;
  const channel = loaded.channels.get(id);
  if (channel === undefined) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');

  const first = key === undefined ? undefined : known(loaded, id, by.id, key);
  if (first !== undefined) {
    return { channel: id, number: first.number, version: first.version, message: first, details: channel.details, repeated: true };
  }

  const touched = change.number === undefined ? null : (loaded.messages.get(`${id}/${change.number}`) ?? null);
  const mineKey = touched === null ? '' : `${id}/${touched.number}/${by.id}`;
  const mine = loaded.mine.get(mineKey) ?? [];
  const erased = touched === null ? null : (loaded.erased.get(`${id}/${touched.number}`) ?? null);
  const step = change.plan({ channel: channel.details, number: channel.number, version: channel.version, message: touched, erased, mine });
  if (step === null) {
    // The version that left the message as it is: after a lost connection that is this very change's.
    return {
      channel: id,
      number: change.number ?? channel.number,
      version: touched?.version ?? channel.version,
      message: touched,
      details: channel.details,
      repeated: false,
    };
  }

  channel.version += 1;
  if (step.do === 'post') channel.number += 1;
  const ms = change.at ?? all.ms;
  const at = change.at === undefined ? all.at : new Date(change.at).toISOString();
  const place = { channel: id, number: change.number ?? channel.number, version: channel.version, at };
  const message = step.do === 'change' ? null : messageAfter(step, place, by, key ?? null);
  written.push({ step, place, by, ms, message, event: eventOf(step, place, by, message) });

  // The next change of this group sees the state as this one leaves it.
  if (message !== null && all.touches) loaded.messages.set(`${id}/${place.number}`, message);
  if (message !== null && key !== undefined) keep(loaded, key, message);
  if (step.do === 'react') loaded.mine.set(mineKey, step.on ? [...mine, step.emoji] : mine.filter((emoji) => emoji !== step.emoji));
  if (step.do === 'delete')
    loaded.erased.set(`${id}/${place.number}`, { by: by.id, body: step.message.body ?? '', mentions: step.message.mentions });
  if (step.do === 'restore') loaded.erased.delete(`${id}/${place.number}`);
  if (step.do === 'change') channel.details = step.details;
  return { channel: id, number: place.number, version: place.version, message, details: channel.details, repeated: false };
}
