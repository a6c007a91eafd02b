import { PlazaError } from '../../../contracts/errors.ts';
import type { Hub } from './hub.ts';
import type { Client } from './registry.ts';

const tries = 5;

/**
 * Reads what a client is a member of, and takes it over only if no change of access came while it was read: between
 * reading and hearing of changes there is nothing (L9).
 * @throws unavailable when access changes faster than it can be read
 */
export async function readStable<T>(hub: Hub, client: Client, read: () => Promise<T>, take: (value: T) => void): Promise<void> {
  for (let i = 0; i < tries; i++) {
    const stamp = hub.stamp(client);
    const value = await read();
    if (client.gone) return;
    if (hub.stamp(client) === stamp) return take(value);
  }
  throw new PlazaError('unavailable');
}
