import { text } from '../../kit/text.ts';
import { askCommunity } from './access.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { channelName } from './names.ts';
import { openChannel } from './open.ts';

/** Makes a chat in a community. Who makes it owns it. */
export function createChannel({ sql, policy }: Deps): Conversations['createChannel'] {
  return async (who, input) => {
    const name = channelName(input.name);
    const topic = text(input.topic ?? '', { field: 'topic', max: 500 });
    const by = speaker(who);
    return await sql.begin(async (tx) => {
      await askCommunity(tx, policy, 'channel.create', who, input.community);
      return await openChannel(tx, {
        application: who.application,
        kind: 'chat',
        community: input.community,
        createdBy: by.id,
        name,
        topic,
        visibility: input.visibility ?? 'public',
        posting: input.posting ?? 'everyone',
        members: [{ person: by.id, role: 'owner' }],
      });
    });
  };
}
