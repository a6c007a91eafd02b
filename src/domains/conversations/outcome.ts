import { PlazaError } from '../../../contracts/errors.ts';
import type { Message } from '../../../contracts/nouns.ts';
import type { Outcome, PlanState } from './group.ts';
import type { Changed, Posted } from './index.ts';

/** The outcome of a change of a message. */
export function withMessage({ channel, number, version, message }: Outcome): Changed {
  if (message === null) throw new Error(`no message in the outcome for ${channel}/${number}`);
  return { channel, number, version, message };
}

/** The outcome of a post. */
export function posted(outcome: Outcome): Posted {
  const { channel, number, version, message } = withMessage(outcome);
  return { channel, number, version, message, repeated: outcome.repeated };
}

/** The message that a plan is about. @throws not_found, or conflict when it was deleted */
export function living({ message }: PlanState): Message {
  if (message === null) throw new PlazaError('not_found', 'There is no message of that number.');
  if (message.deletedAt !== null) throw new PlazaError('conflict', 'This message was deleted.');
  return message;
}
