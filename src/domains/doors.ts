import type { Accounts } from './accounts/index.ts';
import type { Applications } from './applications/index.ts';
import type { Bookmarks } from './bookmarks/index.ts';
import type { Communities } from './communities/index.ts';
import type { Conversations } from './conversations/index.ts';
import type { Drafts } from './drafts/index.ts';
import type { Moderation } from './moderation/index.ts';
import type { People } from './people/index.ts';
import type { Reactions } from './reactions/index.ts';

/** What faces get: every domain's door. */
export interface Doors {
  accounts: Accounts;
  people: People;
  communities: Communities;
  conversations: Conversations;
  reactions: Reactions;
  bookmarks: Bookmarks;
  drafts: Drafts;
  moderation: Moderation;
  applications: Applications;
}
