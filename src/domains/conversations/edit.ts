import { wholeNumber } from '../../kit/text.ts';
import { called } from './called.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { living, withMessage } from './outcome.ts';
import { messageBody } from './post.ts';

/** Replaces what a message says; what it said before is kept. The same text again changes nothing. */
export function edit({ sql, policy, log }: Deps): Conversations['edit'] {
  return async (who, input) => {
    const body = messageBody(input.body);
    const number = wholeNumber(input.number, 'number', 1);
    const standing = await policy.toChannel(who, input.channel);
    const by = speaker(who);
    const mentions = await called({ sql, policy }, who, { channel: input.channel, standing }, body);
    const outcome = await log.change({
      channel: input.channel,
      by,
      number,
      plan(state) {
        const message = living(state);
        policy.ask('message.edit', { ...standing, channelArchived: state.channel.archived, own: message.author === by.id });
        return message.body === body ? null : { do: 'edit', message, body, mentions };
      },
    });
    return withMessage(outcome);
  };
}
