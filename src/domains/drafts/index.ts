import type { Draft, Id } from '../../../contracts/nouns.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Policy, Who } from '../policy/index.ts';
import { get, latest, list } from './read.ts';
import { save } from './save.ts';

/** What somebody began to write and has not sent, the same on all of the person's devices. Nobody else sees it. */
export interface Drafts {
  /**
   * Keeps the text for this place, whole each time; an empty one throws away what was there. The place is a channel that
   * the caller may read, or a community that the caller may see, for a new discussion there: only that has a title, and
   * only in a channel is there something to reply to. Title at most 200 characters, body at most 10,000. Of more than
   * 500 drafts the oldest go. The person's other devices hear of it. @throws not_found
   */
  save(who: Who, input: { place: Id; title?: string | undefined; body: string; replyTo?: number | null | undefined }): Promise<Draft>;
  /** Null where there is none. */
  get(who: Who, place: Id): Promise<Draft | null>;
  /** The caller's, the last touched first. */
  list(who: Who, page: PageRequest): Promise<Page<Draft>>;
  /** The caller's latest hundred. One query for all who ask at the same time. */
  latest(who: Who): Promise<Draft[]>;
}

export interface Deps {
  sql: Pool;
  policy: Policy;
}

export function createDrafts(deps: Deps): Drafts {
  return { save: save(deps), get: get(deps), list: list(deps), latest: latest(deps) };
}
