import { PlazaError } from '../../../contracts/errors.ts';
import { wholeNumber } from '../../kit/text.ts';
import { cleanReason } from '../moderation/index.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { withMessage } from './outcome.ts';

/** Brings a deleted message back with the text it had and whom it called. One that is there already stays as it is. */
export function restore({ policy, log }: Deps): Conversations['restore'] {
  return async (who, input) => {
    const number = wholeNumber(input.number, 'number', 1);
    const reason = cleanReason(input.reason);
    const standing = await policy.toChannel(who, input.channel);
    const by = speaker(who);
    const outcome = await log.change({
      channel: input.channel,
      by,
      number,
      plan({ channel, message, erased }) {
        if (message === null) throw new PlazaError('not_found', 'There is no message of that number.');
        const own = message.author === by.id && (erased === null || erased.by === by.id);
        policy.ask('message.restore', { ...standing, channelArchived: channel.archived, own });
        return erased === null ? null : { do: 'restore', message, erased, reason };
      },
    });
    return withMessage(outcome);
  };
}
