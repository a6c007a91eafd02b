import { PlazaError } from '../../../contracts/errors.ts';
import { wholeNumber } from '../../kit/text.ts';
import { cleanReason } from '../moderation/index.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { withMessage } from './outcome.ts';

/** Deletes a message: its number stays, its text goes to the history that moderators see. Again changes nothing. */
export function deleteMessage({ policy, log }: Deps): Conversations['delete'] {
  return async (who, input) => {
    const number = wholeNumber(input.number, 'number', 1);
    const reason = cleanReason(input.reason);
    const standing = await policy.toChannel(who, input.channel);
    const by = speaker(who);
    const outcome = await log.change({
      channel: input.channel,
      by,
      number,
      plan({ channel, message }) {
        if (message === null) throw new PlazaError('not_found', 'There is no message of that number.');
        policy.ask('message.delete', { ...standing, channelArchived: channel.archived, own: message.author === by.id });
        return message.deletedAt !== null ? null : { do: 'delete', message, reason };
      },
    });
    return withMessage(outcome);
  };
}
