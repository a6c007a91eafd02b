import type { Community as CommunityNoun, Id } from '../../../contracts/nouns.ts';
import { builder } from './builder.ts';
import { plainId } from './ids.ts';
import { because } from './moderation.ts';
import { Community, CommunityRole, Person, Visibility } from './nouns.ts';

/** The mutations around communities. */

const CommunityPayload = builder.objectRef<{ community: CommunityNoun }>('CommunityPayload').implement({
  description: 'A community that was made, changed or joined.',
  fields: (t) => ({ community: t.expose('community', { type: Community, description: 'The community as it is now.' }) }),
});

const MembershipPayload = builder.objectRef<{ community: Id; person: Id | null }>('MembershipPayload').implement({
  description: "A change of somebody's membership of a community.",
  fields: (t) => ({
    community: t.field({
      type: Community,
      nullable: true,
      description: 'The community; null if you may not see it any more.',
      resolve: ({ community }, _args, ctx) => ctx.load.community.load(community),
    }),
    person: t.field({
      type: Person,
      nullable: true,
      description: 'Whom it is about.',
      resolve: ({ person }, _args, ctx) => (person === null ? null : ctx.load.person.load(person)),
    }),
  }),
});

const ofCommunity = builder.args((t) => ({ community: t.id({ required: true, description: "The community's id." }) }));
const ofMember = builder.args((t) => ({
  community: t.id({ required: true, description: "The community's id." }),
  person: t.id({ required: true, description: "The person's id." }),
}));

const community = (args: { community: string }) => ({ community: plainId('Community', args.community, 'community') });
const member = (args: { community: string; person: string }) => ({ ...community(args), person: plainId('Person', args.person, 'person') });

builder.mutationFields((t) => ({
  createCommunity: t.field({
    type: CommunityPayload,
    description: 'Makes a community; you are its owner.',
    args: {
      name: t.arg.string({ required: true, description: 'Its name.' }),
      description: t.arg.string({ description: 'What it is about.' }),
      slug: t.arg.string({ description: 'Its name in addresses; made from the name unless given.' }),
      tags: t.arg.stringList({ description: 'Its subjects.' }),
      visibility: t.arg({ type: Visibility, description: 'Who may see it: everyone, unless told.' }),
      official: t.arg.boolean({ description: 'Whoever signs up is a member at once; for admins.' }),
    },
    resolve: async (_root, args, ctx) => ({
      community: await ctx.doors.communities.create(ctx.who, {
        name: args.name,
        slug: args.slug ?? undefined,
        description: args.description ?? undefined,
        tags: args.tags ?? undefined,
        visibility: args.visibility ?? undefined,
        official: args.official ?? undefined,
      }),
    }),
  }),
  changeCommunity: t.field({
    type: CommunityPayload,
    description: 'Changes a community; what is left out stays.',
    args: {
      ...ofCommunity,
      name: t.arg.string({ description: 'A new name.' }),
      description: t.arg.string({ description: 'What it is about.' }),
      tags: t.arg.stringList({ description: 'Its subjects, all of them.' }),
      visibility: t.arg({ type: Visibility, description: 'Who may see it.' }),
      official: t.arg.boolean({ description: 'Whoever signs up is a member at once; for admins.' }),
    },
    resolve: async (_root, args, ctx) => ({
      community: await ctx.doors.communities.change(ctx.who, {
        ...community(args),
        name: args.name ?? undefined,
        description: args.description ?? undefined,
        tags: args.tags ?? undefined,
        visibility: args.visibility ?? undefined,
        official: args.official ?? undefined,
      }),
    }),
  }),
  joinCommunity: t.field({
    type: CommunityPayload,
    description: 'Makes you a member.',
    args: ofCommunity,
    resolve: async (_root, args, ctx) => ({ community: await ctx.doors.communities.join(ctx.who, community(args)) }),
  }),
  leaveCommunity: t.field({
    type: MembershipPayload,
    description: 'Ends your membership, of all of its channels too.',
    args: ofCommunity,
    resolve: async (_root, args, ctx) => {
      await ctx.doors.communities.leave(ctx.who, community(args));
      return { ...community(args), person: ctx.who.person?.id ?? null };
    },
  }),
  invite: t.field({
    type: MembershipPayload,
    description: 'Invites somebody into a community.',
    args: ofMember,
    resolve: async (_root, args, ctx) => {
      await ctx.doors.communities.invite(ctx.who, member(args));
      return member(args);
    },
  }),
  accept: t.field({
    type: CommunityPayload,
    description: 'Accepts an invitation into this community.',
    args: ofCommunity,
    resolve: async (_root, args, ctx) => ({ community: await ctx.doors.communities.accept(ctx.who, community(args)) }),
  }),
  decline: t.field({
    type: MembershipPayload,
    description: 'Declines an invitation into this community.',
    args: ofCommunity,
    resolve: async (_root, args, ctx) => {
      await ctx.doors.communities.decline(ctx.who, community(args));
      return { ...community(args), person: ctx.who.person?.id ?? null };
    },
  }),
  kick: t.field({
    type: MembershipPayload,
    description: "Ends somebody's membership; the person may join again.",
    args: { ...ofMember, ...because },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.communities.kick(ctx.who, { ...member(args), reason: args.reason ?? undefined });
      return member(args);
    },
  }),
  ban: t.field({
    type: MembershipPayload,
    description: "Ends somebody's membership; the person may not join again until unbanned.",
    args: {
      ...ofMember,
      ...because,
      until: t.arg({ type: 'DateTime', description: 'When the ban ends by itself; never, unless told.' }),
    },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.communities.ban(ctx.who, { ...member(args), reason: args.reason ?? undefined, until: args.until ?? undefined });
      return member(args);
    },
  }),
  unban: t.field({
    type: MembershipPayload,
    description: 'Ends a ban.',
    args: { ...ofMember, ...because },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.communities.unban(ctx.who, { ...member(args), reason: args.reason ?? undefined });
      return member(args);
    },
  }),
  setCommunityRole: t.field({
    type: MembershipPayload,
    description: 'Gives a member another role in the community.',
    args: { ...ofMember, role: t.arg({ type: CommunityRole, required: true, description: 'The new role.' }), ...because },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.communities.setRole(ctx.who, { ...member(args), role: args.role, reason: args.reason ?? undefined });
      return member(args);
    },
  }),
}));
