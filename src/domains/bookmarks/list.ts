import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';
import { decodeCursor, pageSize, toPage } from '../../kit/page.ts';
import type { Bookmark, Bookmarks, Deps } from './index.ts';

const readAtOnce = 200;

type Found = Bookmark & { id: Id };

export function list({ sql, conversations }: Deps): Bookmarks['list'] {
  return async (who, page) => {
    if (who.person === null) throw new PlazaError('unauthenticated');
    const size = pageSize(page);
    const found: Found[] = [];
    let before: Id | null = page.after ? String(decodeCursor(page.after, ['id'])[0]) : null;
    // Of most people all are readable, so that one reading is enough; then more at once.
    for (let limit = size + 1; found.length <= size; limit = readAtOnce) {
      const rows: BookmarkRow[] = await newestBookmarks(sql, who.person.id, before, limit);
      // Asked after the rows were read: what may not be read any more is left out (L9).
      const messages = await conversations.messages(who, rows);
      for (const [i, { id, created_at }] of rows.entries()) {
        const message = messages[i];
        if (message) found.push({ id, message, createdAt: created_at.toISOString() });
      }
      if (rows.length < limit) break;
      before = rows.at(-1)?.id ?? null;
    }
    return toPage(
      found,
      size,
      ({ message, createdAt }) => ({ message, createdAt }),
      ({ id }) => [id],
    );
  };
}

interface BookmarkRow {
  id: Id;
  channel: Id;
  number: number;
  created_at: Date;
}

/** Answered in order by the index bookmarks_in_order. */
export function newestBookmarks(sql: Sql, person: Id, before: Id | null, limit: number) {
  return sql<BookmarkRow[]>`
    select id, channel, number, created_at from bookmarks
    where person = ${person} ${before === null ? sql`` : sql`and id < ${before}`}
    order by id desc limit ${limit}`;
}
