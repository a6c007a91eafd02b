/** What may be asked. One entry for each verb that somebody may be refused. */
export const actions = [
  'community.create', 'community.see', 'community.join', 'community.change', 'community.invite', 'community.remove', 'community.set_role',
  'community.make_official',
  'discussion.start', 'channel.create', 'channel.read', 'channel.change', 'channel.add', 'channel.remove', 'channel.leave',
  'message.post', 'message.edit', 'message.delete', 'message.react', 'message.pin', 'message.history', 'message.mark_read', 'message.readers',
  'people.see', 'people.write', 'direct.open', 'application.manage', 'application.read', 'application.write', 'account.set_role',
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
}
