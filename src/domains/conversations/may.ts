import type { Deps } from './deps.ts';
import type { ChannelMay, Conversations } from './index.ts';

const nothing: ChannelMay = {
  post: false,
  react: false,
  pin: false,
  change: false,
  govern: false,
  deleteOthers: false,
  mentionEveryone: false,
  accept: false,
};

export function may({ policy }: Deps): Conversations['may'] {
  return async (who, channels) => {
    const standings = await policy.toChannels(channels.map((channel) => ({ who, channel })));
    return standings.map((facts) => {
      if (!facts) return nothing;
      const allowed = (action: Parameters<typeof policy.decide>[0], about = facts) => policy.decide(action, about).allowed;
      return {
        post: allowed('message.post'),
        react: allowed('message.react'),
        pin: allowed('message.pin'),
        change: allowed('channel.change'),
        govern: allowed('channel.govern'),
        deleteOthers: allowed('message.delete', { ...facts, own: false }),
        mentionEveryone: allowed('message.mention_everyone'),
        accept: allowed('channel.accept'),
      };
    });
  };
}
