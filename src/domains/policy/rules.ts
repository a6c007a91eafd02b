import file from '../../../policies/rules.json' with { type: 'json' };

/** What may be asked. One entry for each verb that somebody may be refused. */
export const actions = [
  'community.create',
  'community.see',
  'community.join',
  'community.change',
  'community.invite',
  'community.remove',
  'community.set_role',
  'community.make_official',
  /** What those who keep order did, and why. */
  'community.audit',
  'discussion.start',
  'channel.create',
  'channel.read',
  'channel.change',
  /** Who may see it, who may post, whether it is archived. */
  'channel.govern',
  /** Which comment answers the discussion. */
  'channel.accept',
  'channel.add',
  'channel.set_role',
  'channel.remove',
  'channel.leave',
  'message.post',
  'message.edit',
  'message.delete',
  'message.restore',
  'message.react',
  'message.pin',
  'message.mention_everyone',
  /** To be put into a discussion. */
  'message.take',
  'message.history',
  'message.mark_read',
  'message.bookmark',
  'message.readers',
  'draft.save',
  'people.see',
  'people.search',
  'people.write',
  'direct.open',
  'application.manage',
  'application.read',
  'application.write',
  'account.set_role',
] as const;
export type Action = (typeof actions)[number];

/** All that a rule may look at. Absent means: does not apply here. */
export interface Facts {
  /** The caller's role in the application. */
  role: 'admin' | 'moderator' | 'member' | 'guest' | 'application';
  /** The thing belongs to the caller's own application. */
  sameApplication: boolean;
  /** The caller belongs to the default application, whose admins run the place. */
  defaultApplication: boolean;
  /** For role `application`. */
  scopeRead: boolean;
  scopeWrite: boolean;
  scopePeople: boolean;
  /** Setting: who may make communities. */
  communitiesBy: 'members' | 'admins';
  community?: string;
  communityVisibility?: 'public' | 'private';
  communityRole?: 'owner' | 'moderator' | 'member' | 'none';
  banned?: boolean;
  invited?: boolean;
  channel?: string;
  channelKind?: 'discussion' | 'chat' | 'group' | 'direct';
  channelVisibility?: 'public' | 'private';
  channelPosting?: 'everyone' | 'moderators';
  channelArchived?: boolean;
  channelRole?: 'owner' | 'moderator' | 'member' | 'none';
  /** A numbered chat of an application. */
  appChat?: boolean;
  /** The message, or the membership in question, is the caller's own. */
  own?: boolean;
  /** What is taken stays in the community where it was said. */
  sameCommunity?: boolean;
  /** How the person whom the change is about stands in the community or the channel: who is to be removed, banned, given a role. */
  targetRole?: 'owner' | 'moderator' | 'member' | 'none';
}

export interface Rule {
  id: string;
  /** The actions it speaks of; `*` for all. */
  for: readonly string[];
  /** Every fact named must have the value, or one of the values. An absent fact matches nothing. */
  if: Readonly<Record<string, unknown>>;
  then: 'allow' | 'refuse';
  says: string;
}

/** The rules in order: the first that speaks of the action and whose conditions hold decides. */
export const rules: readonly Rule[] = file as Rule[];

/** By action, so that a decision looks only at what concerns it. */
const byAction = new Map(
  actions.map((action) => [
    action,
    rules
      .filter((rule) => rule.for.includes(action) || rule.for.includes('*'))
      .map((rule) => ({ rule, conditions: Object.entries(rule.if).map(([name, wanted]) => ({ name: name as keyof Facts, wanted })) })),
  ]),
);

/** The rule that decides, or null when none speaks: then the answer is no. */
export function decidingRule(action: Action, facts: Facts): Rule | null {
  return byAction.get(action)?.find(({ conditions }) => holds(conditions, facts))?.rule ?? null;
}

function holds(conditions: readonly { name: keyof Facts; wanted: unknown }[], facts: Facts): boolean {
  for (const { name, wanted } of conditions) {
    const value: unknown = facts[name];
    if (Array.isArray(wanted) ? !wanted.includes(value) : value !== wanted) return false;
  }
  return true;
}
