import { PlazaError } from '../../../contracts/errors.ts';
import { wholeNumber } from '../../kit/text.ts';
import { freshly } from './access.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { living } from './outcome.ts';

/** Says which comment answers a discussion, or takes that back. It stays said while the comment is deleted. */
export function acceptAnswer({ policy, log }: Deps): Conversations['acceptAnswer'] {
  return async (who, input) => {
    const number = input.number === null ? null : wholeNumber(input.number, 'number', 1);
    const by = speaker(who);
    const standing = await freshly(policy, who, input.channel);
    if (standing.channelKind !== 'discussion')
      throw new PlazaError('invalid_input', 'Only a discussion has an answer.', { field: 'channel' });
    policy.ask('channel.accept', standing);
    const outcome = await log.change({
      channel: input.channel,
      by,
      ...(number === null ? {} : { number }),
      plan(state) {
        policy.ask('channel.accept', { ...standing, channelArchived: state.channel.archived });
        if (number === 1)
          throw new PlazaError('invalid_input', 'The opening message is the question; choose a comment.', { field: 'number' });
        if (number !== null) living(state);
        return state.channel.accepted === number ? null : { do: 'change', details: { ...state.channel, accepted: number }, access: false };
      },
    });
    return outcome.details;
  };
}
