import { PlazaError } from '../../../contracts/errors.ts';
import { isConnectionLoss } from '../../kit/connectionLoss.ts';
import { sqlState } from './index.ts';

/**
 * The same object, whose functions answer a database that is away, full or overloaded with `unavailable`: that passes,
 * and it is no fault of the caller or of ours.
 */
export function guarded<T extends object>(door: T): T {
  return Object.fromEntries(Object.entries(door).map(([name, verb]) => [name, typeof verb === 'function' ? guard(verb) : verb])) as T;
}

type Verb = (...input: unknown[]) => unknown;

function guard(verb: Verb): Verb {
  return (...input) => {
    const answer = verb(...input);
    return answer instanceof Promise ? answer.catch(translate) : answer;
  };
}

function translate(error: unknown): never {
  // Class 53: no disk, no memory, no connections. 57014: a statement was stopped for taking too long.
  const passing = isConnectionLoss(error) || sqlState(error).startsWith('53') || sqlState(error) === '57014';
  throw passing ? new PlazaError('unavailable', 'The database cannot answer just now; try again in a moment.', { retryAfter: 1 }) : error;
}
