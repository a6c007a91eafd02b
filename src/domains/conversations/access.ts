import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Facts, Policy, Who } from '../policy/index.ts';

/**
 * How the caller stands to the channel right now, from the database. Reads ask this after they have read: what they
 * found was there before any later refusal, and is thrown away if there is one (L9).
 * @throws not_found
 */
export async function freshly(policy: Policy, who: Who, channel: Id): Promise<Facts> {
  const [standing] = await policy.toChannels([{ who, channel }]);
  if (!standing) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
  return standing;
}

/** Refuses what cannot be a channel's id before it reaches a query. @throws not_found */
export function channelId(id: unknown): asserts id is Id {
  if (!isId(id)) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
}
