import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { isId } from '../../kit/page.ts';
import type { Action, Facts, Policy, Who } from '../policy/index.ts';

/**
 * How the caller stands to the channel right now, from the database. Reads ask this after they have read: what they
 * found was there before any later refusal, and is thrown away if there is one (L9).
 * @throws not_found
 */
export async function freshly(policy: Policy, who: Who, channel: Id, within?: Transaction): Promise<Facts> {
  const [standing] = await policy.toChannels([{ who, channel }], within);
  if (!standing) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
  return standing;
}

/**
 * How the caller, who wants to do this, stands to the channel. What is remembered may be older than what allows it (who
 * joined a moment ago, a channel that is no longer archived), so only a fresh standing refuses.
 * @throws not_found, forbidden, unauthenticated
 */
export async function allowed(policy: Policy, action: Action, who: Who, channel: Id): Promise<Facts> {
  const known = await policy.toChannel(who, channel);
  if (policy.decide(action, known).allowed) return known;
  const standing = await freshly(policy, who, channel);
  policy.ask(action, standing);
  policy.forget({ type: 'access', channel, ...(who.person && { person: who.person.id }) });
  return standing;
}

/**
 * Asks within the transaction that makes something in the community. Its row is locked: who is being removed at the same
 * moment leaves no channel of their own behind. Answers how the caller stands to it.
 */
export async function askCommunity(tx: Transaction, policy: Policy, action: Action, who: Who, community: Id): Promise<Facts> {
  if (isId(community)) await tx`select from communities where id = ${community} and application = ${who.application} for share`;
  const standing = await policy.toCommunity(who, community, tx);
  policy.ask(action, standing);
  return standing;
}

/** Refuses what cannot be a channel's id before it reaches a query. @throws not_found */
export function channelId(id: unknown): asserts id is Id {
  if (!isId(id)) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
}
