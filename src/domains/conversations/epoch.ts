import { gathered, whenManyCome } from '../../kit/gathered.ts';
import type { Deps } from './deps.ts';
import type { Conversations } from './index.ts';

/** One answer serves any number. */
const together = { ...whenManyCome, most: Number.POSITIVE_INFINITY };

/** Asked for each time: the database may be another one than a moment ago. One query for all who ask at the same time. */
export function epoch({ sql }: Deps): Conversations['epoch'] {
  const ask = gathered<null, string>(async (asks) => {
    const [row] = await sql<{ epoch: string }[]>`select epoch from installation`;
    return asks.map(() => row?.epoch ?? '');
  }, together);
  return async () => (await ask(null)) ?? '';
}
