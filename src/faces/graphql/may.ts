import type { CommunityMay as CommunityMayShape } from '../../domains/communities/index.ts';
import type { ChannelMay as ChannelMayShape } from '../../domains/conversations/index.ts';
import { builder } from './builder.ts';
import { Channel, Community } from './nouns.ts';

/** What the caller may do, so that a page shows only what would be allowed. */

const CommunityMay = builder.objectRef<CommunityMayShape>('CommunityMay').implement({
  description: 'What you may do in a community just now.',
  fields: (t) => ({
    change: t.exposeBoolean('change', { description: 'Change its name, description, tags and visibility.' }),
    govern: t.exposeBoolean('govern', { description: 'Give roles.' }),
    invite: t.exposeBoolean('invite', { description: 'Invite people.' }),
    moderate: t.exposeBoolean('moderate', { description: 'Remove and ban members.' }),
    startDiscussion: t.exposeBoolean('startDiscussion', { description: 'Start a discussion.' }),
    createChannel: t.exposeBoolean('createChannel', { description: 'Make a chat.' }),
    join: t.exposeBoolean('join', { description: 'Join; false too for a member.' }),
    audit: t.exposeBoolean('audit', { description: 'See what was done by those who keep order.' }),
  }),
});

const ChannelMay = builder.objectRef<ChannelMayShape>('ChannelMay').implement({
  description: 'What you may do in a channel just now.',
  fields: (t) => ({
    post: t.exposeBoolean('post', { description: 'Post.' }),
    react: t.exposeBoolean('react', { description: 'React.' }),
    pin: t.exposeBoolean('pin', { description: 'Pin.' }),
    change: t.exposeBoolean('change', { description: 'Change its name, topic and tags.' }),
    govern: t.exposeBoolean('govern', { description: 'Archive it, change who sees it and who posts.' }),
    deleteOthers: t.exposeBoolean('deleteOthers', { description: 'Delete what others wrote.' }),
    mentionEveryone: t.exposeBoolean('mentionEveryone', { description: 'Call everyone.' }),
    accept: t.exposeBoolean('accept', { description: 'Say which comment answers the discussion.' }),
  }),
});

builder.objectField(Community, 'may', (t) =>
  t.field({
    type: CommunityMay,
    description: 'What you may do in it just now.',
    resolve: (community, _args, ctx) => ctx.load.communityMay.load(community.id),
  }),
);

builder.interfaceField(Channel, 'may', (t) =>
  t.field({
    type: ChannelMay,
    description: 'What you may do in it just now.',
    resolve: (channel, _args, ctx) => ctx.load.channelMay.load(channel.id),
  }),
);
