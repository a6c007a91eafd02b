import type { Message, MessagePlace } from '../../../contracts/nouns.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Conversations } from '../conversations/index.ts';
import type { Policy, Who } from '../policy/index.ts';
import { bookmark } from './bookmark.ts';
import { list } from './list.ts';
import { between, mine } from './mine.ts';

export interface Bookmark {
  message: Message;
  createdAt: string;
}

/** Messages that a person marked to find again. Nobody else learns of them. */
export interface Bookmarks {
  /**
   * Marks a message that the caller may read, or takes the mark away; doing it again changes nothing. The person's
   * other devices hear of it. @throws not_found; conflict beyond 10,000 bookmarks
   */
  bookmark(who: Who, input: { channel: string; number: number; on: boolean }): Promise<{ message: Message; on: boolean }>;
  /** The caller's, the last made first; those are left out that may not be read now. */
  list(who: Who, page: PageRequest): Promise<Page<Bookmark>>;
  /** Which of these the caller bookmarked, in the order asked. For messages that the caller was already given. One query. */
  mine(who: Who, places: readonly MessagePlace[]): Promise<boolean[]>;
  /** The numbers that the caller bookmarked in a part of a channel, the ends included. One query for all who ask at the same time. */
  between(who: Who, part: { channel: string; from: number; to: number }): Promise<number[]>;
}

export interface Deps {
  sql: Pool;
  /** The one connection for what is read most. */
  reads: Pool;
  policy: Policy;
  conversations: Pick<Conversations, 'messages'>;
}

export function createBookmarks(deps: Deps): Bookmarks {
  return { bookmark: bookmark(deps), list: list(deps), mine: mine(deps), between: between(deps) };
}
