import type { Deps } from './deps.ts';
import type { People } from './index.ts';

export function avatar({ sql }: Deps): People['avatar'] {
  return async (hash) => {
    if (!/^[0-9a-f]{64}$/.test(hash)) return null;
    const [row] = await sql<{ image: Buffer }[]>`select image from avatars where hash = ${hash} limit 1`;
    return row?.image ?? null;
  };
}
