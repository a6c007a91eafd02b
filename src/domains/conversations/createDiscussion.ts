import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id, Message } from '../../../contracts/nouns.ts';
import { type Pool, violated } from '../../engines/postgres/index.ts';
import { tags } from '../../kit/text.ts';
import { askCommunity } from './access.ts';
import { called } from './called.ts';
import { type Deps, speaker } from './deps.ts';
import { writeGroup } from './group.ts';
import type { Conversations } from './index.ts';
import { channelName } from './names.ts';
import { openChannel } from './open.ts';
import { withMessage } from './outcome.ts';
import { messageBody, messageKey } from './post.ts';
import { type ChannelRow, type MessageRow, messageColumns, toChannel, toMessage } from './rows.ts';

/**
 * Starts a discussion: the channel and its opening message, number 1, in one transaction. The same key from the same
 * person gives the same discussion (L4), whatever became of the answer to the first try.
 */
export function createDiscussion({ sql, policy }: Deps): Conversations['createDiscussion'] {
  return async (who, input) => {
    const title = channelName(input.title, 'title');
    const body = messageBody(input.body);
    const tagged = tags(input.tags ?? []);
    const key = input.key === undefined ? undefined : messageKey(input.key);
    const by = speaker(who);
    try {
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
          ...(key === undefined ? {} : { key }),
        });
        const mentions = await called({ sql, policy }, who, { channel: channel.id, within: tx }, body);
        const {
          results: [outcome],
        } = await writeGroup(
          tx,
          [{ channel: channel.id, by, plan: () => ({ do: 'post', body, replyTo: null, mentions, link: null }) }],
          Date.now(),
        );
        if (outcome === undefined || outcome instanceof PlazaError) throw outcome ?? new PlazaError('internal');
        return { channel, message: withMessage(outcome).message };
      });
    } catch (error) {
      if (key === undefined || violated(error) !== 'channels_by_key') throw error;
      return await startedBefore(sql, by.id, key);
    }
  };
}

/** What the person started under this key. */
export async function startedBefore(sql: Pool, person: Id, key: string): Promise<{ channel: Channel; message: Message }> {
  const [row] = await sql<ChannelRow[]>`select * from channels where created_by = ${person} and key = ${key}`;
  const [first] = row ? await sql<MessageRow[]>`select ${messageColumns(sql)} from messages where channel = ${row.id} and number = 1` : [];
  if (!row || !first) throw new Error(`no discussion under the key that was taken: ${key}`);
  return { channel: toChannel(row), message: toMessage(first) };
}
