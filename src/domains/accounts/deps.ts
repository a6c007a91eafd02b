import type { Mail } from '../../engines/mail/index.ts';
import type { Pool } from '../../engines/postgres/index.ts';
import type { Logger } from '../../kit/log.ts';
import type { Applications } from '../applications/index.ts';
import type { Communities } from '../communities/index.ts';
import type { People } from '../people/index.ts';
import type { Policy } from '../policy/index.ts';
import type { AccessTokens } from './accessTokens.ts';
import type { Keys } from './keys.ts';
import type { Passwords } from './passwords.ts';
import type { Standings } from './standings.ts';
import type { Vault } from './vault.ts';

export interface AccountsDeps {
  sql: Pool;
  policy: Policy;
  people: Pick<People, 'add'>;
  communities: Pick<Communities, 'joinOfficial'>;
  applications: Pick<Applications, 'whoIs' | 'expiresAt' | 'forget' | 'remember'>;
  mail: Pick<Mail, 'send'>;
  log: Pick<Logger, 'warn' | 'error'>;
  settings: {
    /** Seals the signing keys; the same for all processes of one database. */
    secret: string;
    /** The public address, as it stands in tokens and mails. */
    publicUrl: string;
    accessTokenMinutes: number;
    refreshDays: number;
    signUp: 'open' | 'closed';
  };
}

/** What the verbs work with. */
export interface Deps extends AccountsDeps {
  vault: Vault;
  keys: Keys;
  accessTokens: AccessTokens;
  passwords: Passwords;
  standings: Standings;
}
