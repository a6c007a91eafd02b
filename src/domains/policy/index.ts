import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Sql, Transaction } from '../../engines/postgres/index.ts';
import type { Action, Facts } from './rules.ts';
import type { Who } from './who.ts';

export { createPolicy } from './create.ts';
export type { Action, Facts } from './rules.ts';
export { defaultApplication, guest, type Scope, scopes, type Who } from './who.ts';

export interface Decision {
  allowed: boolean;
  /** The rule that decided. */
  rule: string;
  /** Why, as a sentence for the caller. */
  says: string;
}

/** Who may do what. The rules are data in `policies/rules.json`; domains ask, faces never do. */
export interface Policy {
  /** Facts of the caller alone, for actions that concern no community or channel. */
  standing(who: Who): Facts;
  /**
   * How the caller stands to a community: roles, ban, visibility. Fresh from the database; with `within`, as that
   * transaction sees it, for changes that decide under a lock. @throws not_found if it may not even be seen
   */
  toCommunity(who: Who, community: Id, within?: Transaction): Promise<Facts>;
  /** The same for many, in their order; null where it may not be seen. One query. */
  toCommunities(who: Who, communities: readonly Id[], within?: Transaction): Promise<(Facts | null)[]>;
  /** How the caller stood to a channel when it was last asked; null where that is not remembered. */
  remembered(who: Who, channel: Id): Facts | null;
  /** How the caller stands to a channel. Remembered until an access event of the feed; not while the feed is broken. @throws not_found if it may not be read */
  toChannel(who: Who, channel: Id): Promise<Facts>;
  /**
   * The same, always fresh from the database; with `within`, as that connection or transaction sees it. Null where it may not be
   * read. One query for all.
   */
  toChannels(asks: readonly { who: Who; channel: Id }[], within?: Sql): Promise<(Facts | null)[]>;
  decide(action: Action, facts: Facts): Decision;
  /** @throws forbidden, naming the rule; unauthenticated for guests */
  ask(action: Action, facts: Facts): void;
  forget(event: AccessEvent | 'everything'): void;
  /** False while the feed is broken: nothing is remembered then. */
  remember(on: boolean): void;
}
