/** The real program, with as many people and channels as a work needs. */
import type { CommunityRole, Id } from '../../contracts/nouns.ts';
import type { Pool } from '../../src/engines/postgres/index.ts';

export interface PlazaOptions {
  /** Servers on one database; the first one brings the PostgreSQL. 1 unless told. */
  processes?: number;
  /** Settings besides those that lift the rate limits. */
  env?: { [name: string]: string };
}

/** A person with a token that lasts a day. */
export interface Member {
  id: Id;
  handle: string;
  token: string;
}

export interface NewChannels {
  count: number;
  kind: 'chat' | 'group' | 'discussion';
  /** Of chats and discussions. */
  community?: Id;
  createdBy: Id;
  /** Who is in channel i, besides who made it; chats and discussions of a public community need nobody. */
  members?(i: number): readonly Id[];
}

export interface Plaza {
  /** `http://127.0.0.1:PORT` of each server. */
  bases: readonly string[];
  ports: readonly number[];
  /** The servers' processes; what they and their descendants use includes the PostgreSQL. */
  pids: readonly number[];
  /** The servers alone, without the PostgreSQL. */
  databaseUrl: string;
  sql: Pool;
  /** Makes people with devices and tokens; some thousands a second. */
  people(count: number): Promise<Member[]>;
  /** A public community of these people, the first its owner. */
  community(members: readonly Id[], role?: CommunityRole): Promise<Id>;
  channels(wanted: NewChannels): Promise<Id[]>;
  stop(): Promise<void>;
}

export async function startPlaza(_options: PlazaOptions = {}): Promise<Plaza> {
  throw new Error('to come');
}
