import { randomBytes } from 'node:crypto';
import { PlazaError } from '../../../contracts/errors.ts';
import { limits } from '../../../contracts/wire.ts';
import { text, wholeNumber } from '../../kit/text.ts';
import type { Who } from '../policy/index.ts';
import { allowed } from './access.ts';
import { called } from './called.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations, Posted } from './index.ts';
import { withMessage } from './outcome.ts';

/** Posts a message: numbered and durable when this resolves (L1, L3). The same key gives the same message (L4). */
export function post({ sql, policy, log }: Deps): Conversations['post'] {
  return async (who: Who, input): Promise<Posted> => {
    const body = messageBody(input.body);
    // Without a key the log could not try again after a lost connection: it would not know its own message.
    const key = input.key === undefined ? randomBytes(12).toString('base64url') : messageKey(input.key);
    const replyTo = input.replyTo === undefined ? null : wholeNumber(input.replyTo, 'replyTo', 1);
    const standing = await allowed(policy, 'message.post', who, input.channel);
    const mentions = await called({ sql, policy }, who, { channel: input.channel, standing }, body);

    const outcome = log.change({
      channel: input.channel,
      by: speaker(who),
      key,
      plan({ channel, number }) {
        policy.ask('message.post', { ...standing, channelArchived: channel.archived, channelPosting: channel.posting });
        if (replyTo !== null && replyTo > number) {
          throw new PlazaError('invalid_input', `There is no message ${replyTo} to reply to.`, { field: 'replyTo' });
        }
        return { do: 'post', body, replyTo, mentions, link: null };
      },
    });
    input.placed?.();
    const done = await outcome;
    return { ...withMessage(done), repeated: done.repeated };
  };
}

export function messageBody(body: unknown): string {
  return text(body, { field: 'body', min: 1, max: limits.bodyCharacters, lines: true });
}

/** The client's own id for a send. It is compared as it is, so nothing is trimmed or normalized. */
export function messageKey(key: unknown): string {
  if (typeof key !== 'string' || key.length === 0 || key.length > limits.keyCharacters || !/^[\x21-\x7e]+$/.test(key)) {
    throw new PlazaError('invalid_input', `"key" must be 1 to ${limits.keyCharacters} printable ASCII characters.`, { field: 'key' });
  }
  return key;
}
