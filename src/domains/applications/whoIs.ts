import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Scope } from '../policy/index.ts';
import type { Deps, KnownToken } from './deps.ts';
import type { Applications } from './index.ts';
import { tokenHash, tokenPrefix } from './token.ts';

/** The use of a token is noted at most this often, in milliseconds: a write for each request would cost more than it tells. */
const noteEvery = 60_000;

interface TokenRow {
  id: Id;
  scopes: Scope[];
  expires_at: Date | null;
  used_at: Date | null;
  application: Id;
  bot: Id;
  handle: string;
  name: string;
  avatar: string | null;
}

export function whoIs(deps: Deps): Applications['whoIs'] {
  return async (token) => {
    if (!token.startsWith(tokenPrefix)) return null;
    const found = await find(deps, token);
    if (found === null) throw new PlazaError('unauthenticated', "This application's token is not known here, or was revoked.");
    if (found.expiresAt !== null && found.expiresAt <= Date.now()) {
      throw new PlazaError('token_expired', "The application's token has expired; have an admin make a new one.");
    }
    noteUse(deps, found);
    return found.who;
  };
}

export function expiresAt(deps: Deps): Applications['expiresAt'] {
  return async (token) => (token.startsWith(tokenPrefix) ? ((await find(deps, token))?.expiresAt ?? null) : null);
}

async function find(deps: Deps, token: string): Promise<KnownToken | null> {
  const hash = tokenHash(token);
  const key = hash.toString('base64');
  return deps.known.get(key) ?? (await load(deps, hash, key));
}

async function load({ sql, known }: Deps, hash: Buffer, key: string): Promise<KnownToken | null> {
  const keep = known.loading();
  const [row] = await sql<TokenRow[]>`
    select t.id, t.scopes, t.expires_at, t.used_at, t.application, p.id as bot, p.handle, p.name, p.avatar
    from application_tokens t join applications a on a.id = t.application join people p on p.id = a.bot
    where t.hash = ${hash}`;
  if (!row) return null;
  const person = { id: row.bot, handle: row.handle, name: row.name, bot: true, avatar: row.avatar };
  const token: KnownToken = {
    id: row.id,
    who: { application: row.application, role: 'application', person, account: null, device: null, scopes: row.scopes },
    expiresAt: row.expires_at?.getTime() ?? null,
    notedAt: row.used_at?.getTime() ?? 0,
  };
  keep(key, token);
  return token;
}

/** Nobody waits for it, and a note that is lost is no harm: the next use makes it again. */
function noteUse({ sql, log }: Deps, token: KnownToken): void {
  const now = Date.now();
  if (now - token.notedAt < noteEvery) return;
  token.notedAt = now;
  sql`
    update application_tokens set used_at = now()
    where id = ${token.id} and (used_at is null or used_at < now() - ${noteEvery} * interval '1 millisecond')`.catch((error: unknown) =>
    log.warn({ err: error }, 'the use of an application token was not noted'),
  );
}
