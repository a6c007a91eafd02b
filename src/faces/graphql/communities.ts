import type { Id, CommunityRole as Role } from '../../../contracts/nouns.ts';
import type { Invitation } from '../../domains/communities/index.ts';
import { builder } from './builder.ts';
import { globalId, plainIdIf } from './ids.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { ChatConnection, Community, CommunityConnection, CommunityRole, Person, type PersonShape, Visibility } from './nouns.ts';

Community.implement({
  description: 'A place with members, roles, discussions and chats.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: (community) => globalId('Community', community.id) }),
    plainId: t.exposeString('id', { description: 'The id as REST and the socket have it.' }),
    slug: t.exposeString('slug', { description: 'Its name in addresses.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    description: t.exposeString('description', { description: 'What it is about.' }),
    tags: t.exposeStringList('tags', { complexity: 1, description: 'Its subjects.' }),
    visibility: t.expose('visibility', { type: Visibility, description: 'Who may see it.' }),
    official: t.exposeBoolean('official', { description: 'Whoever signs up is a member at once.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    createdBy: t.field({
      type: Person,
      nullable: true,
      description: 'Who made it.',
      resolve: (community, _args, ctx) => (community.createdBy === null ? null : ctx.load.person.load(community.createdBy)),
    }),
    memberCount: t.int({
      description: 'How many members it has.',
      resolve: (community, _args, ctx) => ctx.load.memberCount.load(community.id),
    }),
    myRole: t.field({
      type: CommunityRole,
      nullable: true,
      description: 'Your role in it; null if you are not a member.',
      resolve: (community, _args, ctx) => ctx.load.myRole.load(community.id),
    }),
    discussionTags: t.stringList({
      description: 'The thirty tags most used by its latest discussions, most used first.',
      complexity: 10,
      resolve: (community, _args, ctx) => ctx.load.discussionTags.load(community.id),
    }),
    members: t.field({
      type: MemberConnection,
      description: 'Its members.',
      args: { q: t.arg.string({ description: 'Only those whose name or handle has this part.' }), ...forward },
      complexity: listCost(10),
      resolve: async (community, args, ctx) =>
        connection(await ctx.doors.communities.members(ctx.who, { community: community.id, q: args.q ?? undefined }, pageOf(args))),
    }),
    chats: t.field({
      type: ChatConnection,
      description: 'Its chat channels that you may read.',
      args: forward,
      complexity: listCost(10),
      resolve: async (community, args, ctx) =>
        connection(await ctx.doors.conversations.communityChats(ctx.who, community.id, pageOf(args))),
    }),
  }),
});

/** A member of a community or of a channel. */
export interface MemberShape {
  person: PersonShape | Id;
  role: Role;
  joinedAt: string;
}

const Member = builder.objectRef<MemberShape>('Member').implement({
  description: 'A member of a community or of a channel.',
  fields: (t) => ({
    person: t.field({
      type: Person,
      nullable: true,
      description: 'Who it is.',
      resolve: ({ person }, _args, ctx) => (typeof person === 'string' ? ctx.load.person.load(person) : person),
    }),
    role: t.expose('role', { type: CommunityRole, description: 'The role there.' }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'When the person joined.' }),
  }),
});

export const MemberConnection = builder.connectionObject(
  { type: Member, name: 'MemberConnection', description: 'A page of members.' },
  { name: 'MemberEdge', description: 'A member in a list.' },
);

const InvitationRef = builder.objectRef<Invitation>('Invitation').implement({
  description: 'An invitation into a community that you can accept or decline.',
  fields: (t) => ({
    community: t.expose('community', { type: Community, description: 'Where to.' }),
    invitedBy: t.field({
      type: Person,
      nullable: true,
      description: 'Who invites.',
      resolve: (invitation, _args, ctx) => ctx.load.person.load(invitation.invitedBy),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was sent.' }),
  }),
});

export const InvitationConnection = builder.connectionObject(
  { type: InvitationRef, name: 'InvitationConnection', description: 'A page of invitations.' },
  { name: 'InvitationEdge', description: 'An invitation in a list.' },
);

builder.queryFields((t) => ({
  communities: t.field({
    type: CommunityConnection,
    description: 'Communities that you may see, newest first.',
    args: {
      q: t.arg.string({ description: 'Part of the name.' }),
      tag: t.arg.string({ description: 'Only those with this tag.' }),
      mine: t.arg.boolean({ description: 'Only those you are a member of.' }),
      ...forward,
    },
    complexity: listCost(10),
    resolve: async (_root, args, ctx) =>
      connection(
        await ctx.doors.communities.list(
          ctx.who,
          { q: args.q ?? undefined, tag: args.tag ?? undefined, mine: args.mine ?? undefined },
          pageOf(args),
        ),
      ),
  }),
  tags: t.stringList({
    description: 'The tags most used by the communities that you may see, most used first.',
    args: { first: t.arg.int({ description: 'How many at most: 1 to 100, 20 unless told.' }) },
    complexity: 10,
    resolve: (_root, args, ctx) => ctx.doors.communities.tags(ctx.who, args.first),
  }),
  community: t.field({
    type: Community,
    nullable: true,
    description: 'One community, by id or by slug.',
    args: { id: t.arg.id({ description: "The community's id." }), slug: t.arg.string({ description: "The community's slug." }) },
    resolve: (_root, args, ctx) =>
      ctx.doors.communities.get(ctx.who, { id: plainIdIf('Community', args.id, 'id'), slug: args.slug ?? undefined }),
  }),
}));
