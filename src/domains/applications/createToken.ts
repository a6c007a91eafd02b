import { PlazaError } from '../../../contracts/errors.ts';
import { text } from '../../kit/text.ts';
import { scopes as allScopes, type Scope } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Applications } from './index.ts';
import { noSuchApplication, reach } from './reach.ts';
import { addToken } from './token.ts';

export function createToken({ sql, policy }: Deps): Applications['createToken'] {
  return async (who, { application, name, scopes, expiresAt }) => {
    reach(policy, who, 'application.manage', application);
    const token = {
      application,
      name: text(name, { field: 'name', min: 1, max: 80 }),
      scopes: cleanScopes(scopes),
      expiresAt: expiresAt === undefined ? null : cleanTime(expiresAt),
    };
    return sql.begin(async (tx) => {
      const [found] = await tx`select from applications where id = ${application} for key share`;
      if (!found) throw noSuchApplication();
      return addToken(tx, token);
    });
  };
}

function cleanScopes(scopes: readonly Scope[]): Scope[] {
  const asked = allScopes.filter((scope) => scopes.includes(scope));
  if (asked.length === 0 || scopes.some((scope) => !allScopes.includes(scope))) {
    throw new PlazaError('invalid_input', `"scopes" holds one or more of ${allScopes.join(', ')}.`, { field: 'scopes' });
  }
  return asked;
}

function cleanTime(value: string): Date {
  const time = new Date(value);
  if (!/^\d{4}-\d\d-\d\dT/.test(value) || !(time.getTime() > Date.now())) {
    throw new PlazaError('invalid_input', '"expiresAt" is an ISO 8601 time to come, such as 2030-01-31T00:00:00Z.', { field: 'expiresAt' });
  }
  return time;
}
