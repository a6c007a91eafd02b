import type { ChannelEvent, CommunityEvent, PersonEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Who } from '../../domains/policy/index.ts';

/**
 * What happens, as the process hears of it. An iterator's `return` ends a waiting `next` at once; `next` throws a
 * coded refusal when access is taken away or the reader is too slow.
 */
export interface Live {
  /**
   * What happens in a channel from now on or, without a gap, from the version `after` on. What lies before now comes as
   * one event for each message that changed, in its latest state.
   * @throws not_found
   */
  subscribe(who: Who, input: { channel: Id; after?: number | undefined }): AsyncIterable<ChannelEvent>;
  /** What concerns this person. */
  personal(who: Who): AsyncIterable<PersonEvent | CommunityEvent>;
  /** Resolves once whoever looks up more about what was told finds it. */
  seen(): Promise<void>;
}
