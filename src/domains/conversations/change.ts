import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel } from '../../../contracts/nouns.ts';
import { tags, text } from '../../kit/text.ts';
import { cleanReason } from '../moderation/index.ts';
import { freshly } from './access.ts';
import { type Deps, speaker } from './deps.ts';
import type { Conversations } from './index.ts';
import { channelName, httpsUrl } from './names.ts';

/**
 * Changes a channel's name, topic, photo, tags, visibility, posting or standing. It is a change of the log like any
 * other: it has a version and is seen live (E6).
 */
export function change({ policy, log }: Deps): Conversations['change'] {
  return async (who, input) => {
    const wanted: Partial<Channel> = {
      ...(input.name === undefined ? {} : { name: channelName(input.name) }),
      ...(input.topic === undefined ? {} : { topic: text(input.topic, { field: 'topic', max: 500 }) }),
      ...(input.photo === undefined ? {} : { photo: input.photo === null ? null : httpsUrl(input.photo, 'photo') }),
      ...(input.tags === undefined ? {} : { tags: tags(input.tags) }),
      ...(input.visibility === undefined ? {} : { visibility: input.visibility }),
      ...(input.posting === undefined ? {} : { posting: input.posting }),
      ...(input.archived === undefined ? {} : { archived: input.archived }),
    };
    const reason = cleanReason(input.reason);
    const standing = await freshly(policy, who, input.channel);
    policy.ask('channel.change', standing);
    const governs = [input.visibility, input.posting, input.archived].some((given) => given !== undefined);
    if (governs) policy.ask('channel.govern', standing);
    const outcome = await log.change({
      channel: input.channel,
      by: speaker(who),
      plan({ channel }) {
        policy.ask(governs ? 'channel.govern' : 'channel.change', { ...standing, channelArchived: channel.archived });
        if (wanted.visibility === 'public' && channel.community === null) {
          throw new PlazaError('invalid_input', 'Only channels of a community can be public.', { field: 'visibility' });
        }
        const details = { ...channel, ...wanted };
        if (JSON.stringify(details) === JSON.stringify(channel)) return null;
        const step = { do: 'change', details, access: details.visibility !== channel.visibility } as const;
        if (details.archived === channel.archived) return step;
        return { ...step, kept: { kind: details.archived ? 'channel_archived' : 'channel_unarchived', reason } };
      },
    });
    // This process does not wait for the feed to tell it.
    policy.forget({ type: 'access', channel: input.channel });
    return outcome.details;
  };
}
