import { PlazaError } from '../../../contracts/errors.ts';
import { tags } from '../../kit/text.ts';
import { askCommunity } from './access.ts';
import { type Deps, speaker } from './deps.ts';
import { writeGroup } from './group.ts';
import type { Conversations } from './index.ts';
import { channelName } from './names.ts';
import { openChannel } from './open.ts';
import { withMessage } from './outcome.ts';
import { messageBody, messageKey } from './post.ts';

/** Starts a discussion: the channel and its opening message, number 1, in one transaction. */
export function createDiscussion({ sql, policy }: Deps): Conversations['createDiscussion'] {
  return async (who, input) => {
    const title = channelName(input.title, 'title');
    const body = messageBody(input.body);
    const tagged = tags(input.tags ?? []);
    const key = input.key === undefined ? undefined : messageKey(input.key);
    const by = speaker(who);
    return await sql.begin(async (tx) => {
      await askCommunity(tx, policy, 'discussion.start', who, input.community);
      const channel = await openChannel(tx, {
        application: who.application,
        kind: 'discussion',
        community: input.community,
        createdBy: by.id,
        name: title,
        tags: tagged,
        visibility: 'public',
      });
      const opening = {
        channel: channel.id,
        by,
        ...(key === undefined ? {} : { key }),
        plan: () => ({ do: 'post', body, replyTo: null }) as const,
      };
      const [outcome] = await writeGroup(tx, [opening], Date.now());
      if (outcome === undefined || outcome instanceof PlazaError) throw outcome ?? new PlazaError('internal');
      return { channel, message: withMessage(outcome).message };
    });
  };
}
