import type { Id, Person, Profile, Status } from '../../../contracts/nouns.ts';
import type { Sql } from '../../engines/postgres/index.ts';

export interface PersonRow {
  id: Id;
  handle: string;
  name: string;
  bot: boolean;
  avatar: string | null;
}

export interface ProfileRow extends PersonRow {
  about: string;
  interests: string[];
  status_emoji: string;
  status_text: string;
  status_until: Date | null;
  created_at: Date;
}

/** The columns of a `ProfileRow`. */
export function columns(sql: Sql) {
  return sql`id, handle, name, bot, avatar, about, interests, status_emoji, status_text, status_until, created_at`;
}

export function toPerson(row: PersonRow): Person {
  return { id: row.id, handle: row.handle, name: row.name, bot: row.bot, avatar: row.avatar };
}

export function toProfile(row: ProfileRow): Profile {
  return asOfNow({
    ...toPerson(row),
    about: row.about,
    interests: row.interests,
    status: toStatus(row),
    createdAt: row.created_at.toISOString(),
  });
}

/** A status that has ended is none, also in a profile that is remembered from before. */
export function asOfNow(profile: Profile): Profile {
  const until = profile.status?.until ?? null;
  return until !== null && Date.parse(until) <= Date.now() ? { ...profile, status: null } : profile;
}

function toStatus(row: ProfileRow): Status | null {
  if (row.status_emoji === '' && row.status_text === '') return null;
  return { emoji: row.status_emoji, text: row.status_text, until: row.status_until?.toISOString() ?? null };
}
