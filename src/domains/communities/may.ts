import type { Deps } from './deps.ts';
import type { Communities, CommunityMay } from './index.ts';

const nothing: CommunityMay = {
  change: false,
  govern: false,
  invite: false,
  moderate: false,
  startDiscussion: false,
  createChannel: false,
  join: false,
  audit: false,
};

export function may({ policy }: Deps): Communities['may'] {
  return async (who, communities) => {
    const standings = await policy.toCommunities(who, communities);
    return standings.map((facts) => {
      if (!facts) return nothing;
      const allowed = (action: Parameters<typeof policy.decide>[0], about = facts) => policy.decide(action, about).allowed;
      return {
        change: allowed('community.change'),
        govern: allowed('community.set_role'),
        invite: allowed('community.invite'),
        moderate: allowed('community.remove', { ...facts, targetRole: 'member' }),
        startDiscussion: allowed('discussion.start'),
        createChannel: allowed('channel.create'),
        join: facts.communityRole === 'none' && allowed('community.join'),
        audit: allowed('community.audit'),
      };
    });
  };
}
