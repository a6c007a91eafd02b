import type { Pool } from '../../engines/postgres/index.ts';
import type { Log } from '../conversations/index.ts';
import type { Policy } from '../policy/index.ts';
import type { Reactions } from './index.ts';
import { react } from './react.ts';
import { mine, mineOf, people } from './read.ts';

export interface Deps {
  sql: Pool;
  log: Log;
  policy: Policy;
}

export function createReactions(deps: Deps): Reactions {
  return { react: react(deps), mine: mine(deps), mineOf: mineOf(deps), people: people(deps) };
}
