import { PlazaError } from '../../../contracts/errors.ts';
import { oneEmoji, wholeNumber } from '../../kit/text.ts';
import { allowed, living, withMessage } from '../conversations/index.ts';
import type { Deps } from './create.ts';
import type { Reactions } from './index.ts';

/** Different emoji on one message; more are noise, and each costs every reader. */
const mostEmoji = 20;

/** Sets or takes back a reaction; doing it again changes nothing. */
export function react({ policy, log }: Deps): Reactions['react'] {
  return async (who, input) => {
    const emoji = oneEmoji(input.emoji, 'emoji');
    const number = wholeNumber(input.number, 'number', 1);
    const standing = await allowed(policy, 'message.react', who, input.channel);
    if (who.person === null) throw new PlazaError('unauthenticated');
    const outcome = await log.change({
      channel: input.channel,
      by: who.person,
      number,
      plan(state) {
        const message = living(state);
        policy.ask('message.react', { ...standing, channelArchived: state.channel.archived });
        if (state.mine.includes(emoji) === input.on) return null;
        if (input.on && message.reactions.length >= mostEmoji && !message.reactions.some((r) => r.emoji === emoji)) {
          throw new PlazaError('conflict', `A message takes at most ${mostEmoji} different emoji; use one that is there.`, {
            rule: 'emoji-full',
            limit: mostEmoji,
          });
        }
        return { do: 'react', message, emoji, on: input.on };
      },
    });
    return withMessage(outcome);
  };
}
