import { wholeNumber } from '../../kit/text.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { living, withMessage } from './outcome.ts';

/** Pins a message to its channel, or takes the pin away. */
export function pin({ policy, log }: Deps): Conversations['pin'] {
  return async (who, input) => {
    const number = wholeNumber(input.number, 'number', 1);
    const standing = await policy.toChannel(who, input.channel);
    const outcome = await log.change({
      channel: input.channel,
      by: speaker(who),
      number,
      plan(state) {
        const message = living(state);
        policy.ask('message.pin', { ...standing, channelArchived: state.channel.archived });
        return (message.pinnedAt !== null) === input.on ? null : { do: 'pin', message, on: input.on };
      },
    });
    return withMessage(outcome);
  };
}
