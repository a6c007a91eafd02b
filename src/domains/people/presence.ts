import { everybody } from '../../../contracts/events.ts';
import { emitHint } from '../../engines/feed/emit.ts';
import type { Deps } from './deps.ts';
import type { People } from './index.ts';

/** Tells all processes who came online, is online still, or left. A hint: it may get lost, so what holds on is repeated. */
export function presence({ sql }: Deps): People['presence'] {
  return async (people, online) => {
    if (people.length === 0) return;
    await emitHint(sql, { topic: { kind: 'hint', about: everybody }, event: { type: 'presence', people: [...people], online } });
  };
}
