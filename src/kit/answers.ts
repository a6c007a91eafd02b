import type { Sql } from 'postgres';

/** Hours for which an answer is kept. */
export const keptHours = 24;
/** Seconds after which a request that never came to an answer is taken to have died with its process. */
const longestRequest = 60;

export type Begun =
  /** Nobody asked this before: go ahead, then `keep` or `drop`. */
  | { state: 'new' }
  /** The same was asked and answered. */
  | { state: 'answered'; status: number; body: string }
  /** The same was asked and is still being worked on. */
  | { state: 'busy' }
  /** Under this key something else was asked. */
  | { state: 'different' };

/** Answers kept under a caller's own key, so that a repeated request changes nothing. Shared by all processes. */
export interface Answers {
  begin(caller: string, key: string, requestHash: Buffer): Promise<Begun>;
  keep(caller: string, key: string, answer: { status: number; body: string }): Promise<void>;
  /** The request failed in a way that may pass: asking again begins anew. */
  drop(caller: string, key: string): Promise<void>;
  /** Forgets what is older than `keptHours`. */
  sweep(): Promise<void>;
}

export function createAnswers(sql: Sql): Answers {
  return {
    async begin(caller, key, requestHash) {
      for (;;) {
        const mine = await sql`
          insert into idempotent_answers as kept (caller, key, request_hash) values (${caller}, ${key}, ${requestHash})
          on conflict (caller, key) do update set request_hash = excluded.request_hash, status = null, body = null, created_at = now()
            where kept.created_at < now() - make_interval(hours => ${keptHours})
               or (kept.status is null and kept.created_at < now() - make_interval(secs => ${longestRequest}))
          returning 1`;
        if (mine.length > 0) return { state: 'new' };
        const [kept] = await sql<{ request_hash: Buffer; status: number | null; body: string | null }[]>`
          select request_hash, status, body from idempotent_answers where caller = ${caller} and key = ${key}`;
        // Dropped between the two statements: it is free again.
        if (!kept) continue;
        if (!kept.request_hash.equals(requestHash)) return { state: 'different' };
        return kept.status === null ? { state: 'busy' } : { state: 'answered', status: kept.status, body: kept.body ?? '' };
      }
    },
    async keep(caller, key, { status, body }) {
      await sql`update idempotent_answers set status = ${status}, body = ${body} where caller = ${caller} and key = ${key}`;
    },
    async drop(caller, key) {
      await sql`delete from idempotent_answers where caller = ${caller} and key = ${key} and status is null`;
    },
    async sweep() {
      await sql`delete from idempotent_answers where created_at < now() - make_interval(hours => ${keptHours})`;
    },
  };
}
