import type { Draft, Id } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';

export interface DraftRow {
  place: Id;
  title: string;
  body: string;
  reply_to: number | null;
  updated_at: Date;
}

/** The columns of a `DraftRow`. */
export function columns(sql: Sql) {
  return sql`place, title, body, reply_to, updated_at`;
}

export function toDraft(row: DraftRow): Draft {
  return { place: row.place, title: row.title, body: row.body, replyTo: row.reply_to, updatedAt: row.updated_at.toISOString() };
}
