import type { Ban as BanShape } from '../../domains/communities/index.ts';
import { type ModerationAction as ActionShape, moderationKinds } from '../../domains/moderation/index.ts';
import { builder } from './builder.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { Channel, Community, CommunityRole, Message, Person } from './nouns.ts';

/** Why, for what is kept. */
export const because = builder.args((t) => ({
  reason: t.string({ description: 'Why, in at most 500 characters: kept for those who keep order.' }),
}));

const descriptions = {
  message_deleted: "Another's message was deleted.",
  message_restored: "Another's message was brought back.",
  member_removed: 'A member was removed from the community.',
  member_banned: 'A person was banned from the community.',
  member_unbanned: 'A ban was lifted.',
  role_changed: 'A member was given another role.',
  channel_member_removed: 'A person was taken out of a channel.',
  channel_archived: 'A channel was archived.',
  channel_unarchived: 'An archived channel was opened again.',
} as const;

const ModerationKind = builder.enumType('ModerationKind', {
  description: 'What was done by those who keep order.',
  values: Object.fromEntries(moderationKinds.map((kind) => [kind.toUpperCase(), { value: kind, description: descriptions[kind] }])),
});

const ModerationAction = builder.objectRef<ActionShape>('ModerationAction').implement({
  description: 'Something that was done by those who keep order in a community, and why.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Tells it from others; it cannot be fetched by it.' }),
    kind: t.field({ type: ModerationKind, description: 'What was done.', resolve: (action) => action.kind }),
    by: t.field({
      type: Person,
      nullable: true,
      description: 'Who did it.',
      resolve: (action, _args, ctx) => ctx.load.person.load(action.by),
    }),
    person: t.field({
      type: Person,
      nullable: true,
      description: 'To whom; of a message its author.',
      resolve: (action, _args, ctx) => (action.person === null ? null : ctx.load.person.load(action.person)),
    }),
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'In which channel; null too if you may not read it.',
      resolve: (action, _args, ctx) => (action.channel === null ? null : ctx.load.channel.load(action.channel)),
    }),
    message: t.field({
      type: Message,
      nullable: true,
      description: 'Which message, as it is now; null too if you may not read it.',
      resolve: ({ channel, number }, _args, ctx) =>
        channel === null || number === null ? null : ctx.load.message.load({ channel, number }),
    }),
    role: t.expose('role', { type: CommunityRole, nullable: true, description: 'The role that was given.' }),
    reason: t.exposeString('reason', { description: 'Why; empty where nothing was said.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When.' }),
  }),
});

const ModerationActionConnection = builder.connectionObject(
  { type: ModerationAction, name: 'ModerationActionConnection', description: 'A page of what was done by those who keep order.' },
  { name: 'ModerationActionEdge', description: 'Something that was done, in a list.' },
);

const Ban = builder.objectRef<BanShape>('Ban').implement({
  description: 'A person who may not come into a community.',
  fields: (t) => ({
    person: t.field({ type: Person, description: 'Who.', resolve: (ban) => ban.person }),
    by: t.field({ type: Person, nullable: true, description: 'Who did it.', resolve: (ban, _args, ctx) => ctx.load.person.load(ban.by) }),
    reason: t.exposeString('reason', { description: 'Why; empty where nothing was said.' }),
    until: t.expose('until', { type: 'DateTime', nullable: true, description: 'When it ends by itself; null when it does not.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
  }),
});

const BanConnection = builder.connectionObject(
  { type: Ban, name: 'BanConnection', description: 'A page of bans.' },
  { name: 'BanEdge', description: 'A ban in a list.' },
);

builder.objectField(Community, 'bans', (t) =>
  t.field({
    type: BanConnection,
    description: 'Who is banned just now, the newest first; for those who keep order.',
    args: forward,
    complexity: listCost(10),
    resolve: async (community, args, ctx) => connection(await ctx.doors.communities.bans(ctx.who, community.id, pageOf(args))),
  }),
);

builder.objectField(Community, 'moderationActions', (t) =>
  t.field({
    type: ModerationActionConnection,
    description: 'What was done by those who keep order, newest first; for them alone.',
    args: forward,
    complexity: listCost(10),
    resolve: async (community, args, ctx) => connection(await ctx.doors.moderation.actions(ctx.who, community.id, pageOf(args))),
  }),
);
