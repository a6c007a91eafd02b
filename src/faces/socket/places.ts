import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { limits, type Place } from '../../../contracts/wire.ts';
import { isId } from '../../kit/page.ts';

/** A channel to open, with the version that the client has, if it has any. */
export interface Wish {
  channel: Id;
  since?: number;
}

/**
 * `12:7,15` as in `?join=`: open channel 12, of which version 7 is had, and channel 15 afresh.
 * @throws invalid_input
 */
export function parseWishes(value: string): Wish[] {
  const parts = value.split(',').filter((part) => part !== '');
  if (parts.length > limits.joins)
    throw new PlazaError('invalid_input', `"join" may name at most ${limits.joins} channels.`, { field: 'join' });
  const wishes = new Map<Id, Wish>();
  for (const part of parts) {
    const [, channel, since] = /^(\d{1,19})(?::(\d{1,10}))?$/.exec(part) ?? [];
    if (!isId(channel) || Number(since ?? 0) > 2_147_483_647) {
      throw new PlazaError('invalid_input', '"join" is a list of channel:version, such as 12:7,15:0.', { field: 'join' });
    }
    wishes.set(channel, { channel, ...(since !== undefined && { since: Number(since) }) });
  }
  return [...wishes.values()];
}

/** What an event stream's `id:` carries, and `Last-Event-ID` brings back: the epoch and where each channel stands. */
export function formatEventId(epoch: string, places: readonly Place[]): string {
  return `${encodeURIComponent(epoch)}/${places.map(({ channel, version }) => `${channel}:${version}`).join(',')}`;
}

/** The places of an event id; none when it is of another epoch or not one of ours: then the client starts afresh (L13). */
export function parseEventId(value: string, epoch: string): Wish[] {
  const slash = value.indexOf('/');
  if (slash < 0 || value.slice(0, slash) !== encodeURIComponent(epoch)) return [];
  try {
    return parseWishes(value.slice(slash + 1));
  } catch {
    return [];
  }
}
