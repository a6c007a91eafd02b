import type { Id, Person, Profile } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';

export interface PersonRow {
  id: Id;
  handle: string;
  name: string;
  bot: boolean;
}

export interface ProfileRow extends PersonRow {
  about: string;
  interests: string[];
  avatar: string | null;
  created_at: Date;
}

/** The columns of a `ProfileRow`. */
export function columns(sql: Sql) {
  return sql`id, handle, name, bot, about, interests, avatar, created_at`;
}

export function toPerson(row: PersonRow): Person {
  return { id: row.id, handle: row.handle, name: row.name, bot: row.bot };
}

export function toProfile(row: ProfileRow): Profile {
  return {
    ...toPerson(row),
    about: row.about,
    interests: row.interests,
    avatar: row.avatar,
    createdAt: row.created_at.toISOString(),
  };
}
