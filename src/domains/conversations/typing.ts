import { emitHint } from '../../engines/feed/emit.ts';
import { allowed } from './access.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';

/** Tells who has the channel open that the caller is typing. A hint: it may get lost. */
export function typing({ sql, policy }: Deps): Conversations['typing'] {
  return async (who, { channel }) => {
    await allowed(policy, 'message.post', who, channel);
    await emitHint(sql, { topic: { kind: 'hint', about: channel }, event: { type: 'typing', channel, person: speaker(who) } });
  };
}
