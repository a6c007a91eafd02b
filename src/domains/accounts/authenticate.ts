import { guest } from '../policy/index.ts';
import type { Deps } from './deps.ts';
import type { Accounts } from './index.ts';

export function authenticate({ applications, accessTokens, standings }: Deps): Accounts['authenticate'] {
  return async (token, address) => {
    if (token === null) return guest(address);
    const standing = (await applications.whoIs(token)) ?? (await standings.of(await accessTokens.verify(token)));
    return { ...standing, address };
  };
}
