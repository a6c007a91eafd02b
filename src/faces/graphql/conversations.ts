import { PlazaError } from '../../../contracts/errors.ts';
import type { Id, Message as MessageNoun } from '../../../contracts/nouns.ts';
import { builder } from './builder.ts';
import { plainId } from './ids.ts';
import { because } from './moderation.ts';
import { Channel, type ChannelShape, CommunityRole, Discussion, Message, Person, Posting, Visibility } from './nouns.ts';

/** The mutations that make and change channels. */

const ChannelPayload = builder.objectRef<{ channel: ChannelShape }>('ChannelPayload').implement({
  description: 'A channel that was made, opened or changed.',
  fields: (t) => ({ channel: t.expose('channel', { type: Channel, description: 'The channel as it is now.' }) }),
});

const DiscussionPayload = builder.objectRef<{ channel: ChannelShape; message: MessageNoun }>('DiscussionPayload').implement({
  description: 'A discussion that was started.',
  fields: (t) => ({
    discussion: t.expose('channel', { type: Discussion, description: 'The discussion.' }),
    channel: t.expose('channel', { type: Channel, description: 'The same as a channel.' }),
    message: t.expose('message', { type: Message, description: 'Its opening message, number 1.' }),
  }),
});

const ChannelMembershipPayload = builder.objectRef<{ channel: Id; person: Id | null }>('ChannelMembershipPayload').implement({
  description: "A change of somebody's membership of a channel.",
  fields: (t) => ({
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'The channel; null if you may not read it any more.',
      resolve: ({ channel }, _args, ctx) => ctx.load.channel.load(channel),
    }),
    person: t.field({
      type: Person,
      nullable: true,
      description: 'Whom it is about.',
      resolve: ({ person }, _args, ctx) => (person === null ? null : ctx.load.person.load(person)),
    }),
  }),
});

export const ofChannel = builder.args((t) => ({ channel: t.id({ required: true, description: "The channel's id." }) }));
const ofMember = builder.args((t) => ({
  channel: t.id({ required: true, description: "The channel's id." }),
  person: t.id({ required: true, description: "The person's id." }),
}));

export const channel = (args: { channel: string }) => ({ channel: plainId('Channel', args.channel, 'channel') });
const member = (args: { channel: string; person: string }) => ({ ...channel(args), person: plainId('Person', args.person, 'person') });

builder.mutationFields((t) => ({
  createDiscussion: t.field({
    type: DiscussionPayload,
    description: 'Starts a discussion in a community.',
    args: {
      community: t.arg.id({ required: true, description: "The community's id." }),
      title: t.arg.string({ required: true, description: 'What it is about, in a line.' }),
      body: t.arg.string({ required: true, description: 'The opening message, markdown.' }),
      tags: t.arg.stringList({ description: 'Its subjects.' }),
      key: t.arg.string({ description: 'Your own id for this send: with the same key again nothing is made twice.' }),
    },
    resolve: (_root, args, ctx) =>
      ctx.doors.conversations.createDiscussion(ctx.who, {
        community: plainId('Community', args.community, 'community'),
        title: args.title,
        body: args.body,
        tags: args.tags ?? undefined,
        key: args.key ?? undefined,
      }),
  }),
  makeDiscussion: t.field({
    type: DiscussionPayload,
    description:
      'Makes a discussion of messages of a chat: each becomes a comment of its author, and both link to each other. From what is not public only your own can be taken.',
    args: {
      ...ofChannel,
      numbers: t.arg.intList({ required: true, description: 'Numbers of the messages, up to 100.' }),
      community: t.arg.id({ required: true, description: "The community's id in which it is started." }),
      title: t.arg.string({ required: true, description: 'What it is about, in a line.' }),
      body: t.arg.string({ description: 'The opening message, markdown; unless told, a sentence that says where it began.' }),
      tags: t.arg.stringList({ description: 'Its subjects.' }),
      key: t.arg.string({ description: 'Your own id for this send: with the same key again nothing is made twice.' }),
    },
    resolve: (_root, args, ctx) =>
      ctx.doors.conversations.makeDiscussion(ctx.who, {
        ...channel(args),
        numbers: args.numbers,
        community: plainId('Community', args.community, 'community'),
        title: args.title,
        body: args.body ?? undefined,
        tags: args.tags ?? undefined,
        key: args.key ?? undefined,
      }),
  }),
  acceptAnswer: t.field({
    type: ChannelPayload,
    description: 'Says which comment answers a discussion: for who started it, and for moderators.',
    args: { ...ofChannel, number: t.arg.int({ description: "The comment's number; null takes it back." }) },
    resolve: async (_root, args, ctx) => ({
      channel: await ctx.doors.conversations.acceptAnswer(ctx.who, { ...channel(args), number: args.number ?? null }),
    }),
  }),
  createChannel: t.field({
    type: ChannelPayload,
    description: 'Makes a chat channel in a community.',
    args: {
      community: t.arg.id({ required: true, description: "The community's id." }),
      name: t.arg.string({ required: true, description: 'Its name.' }),
      topic: t.arg.string({ description: 'What it is about.' }),
      visibility: t.arg({ type: Visibility, description: 'Who may see it: everyone in the community, unless told.' }),
      posting: t.arg({ type: Posting, description: 'Who may post: everyone, unless told.' }),
    },
    resolve: async (_root, args, ctx) => ({
      channel: await ctx.doors.conversations.createChannel(ctx.who, {
        community: plainId('Community', args.community, 'community'),
        name: args.name,
        topic: args.topic ?? undefined,
        visibility: args.visibility ?? undefined,
        posting: args.posting ?? undefined,
      }),
    }),
  }),
  createGroup: t.field({
    type: ChannelPayload,
    description: 'Makes a group of you and these people.',
    args: {
      people: t.arg.idList({ required: true, description: 'Ids of the others.' }),
      name: t.arg.string({ description: 'Its name.' }),
    },
    resolve: async (_root, args, ctx) => ({
      channel: await ctx.doors.conversations.createGroup(ctx.who, {
        people: args.people.map((person) => plainId('Person', person, 'people')),
        name: args.name ?? undefined,
      }),
    }),
  }),
  openDirect: t.field({
    type: ChannelPayload,
    description: 'The one direct channel of you and this person, made if need be.',
    args: { person: t.arg.id({ required: true, description: "The person's id." }) },
    resolve: async (_root, args, ctx) => ({
      channel: await ctx.doors.conversations.openDirect(ctx.who, { person: plainId('Person', args.person, 'person') }),
    }),
  }),
  createChat: t.field({
    type: ChannelPayload,
    description: 'Makes the next numbered chat of an application.',
    args: {
      application: t.arg.id({ required: true, description: "The application's id." }),
      name: t.arg.string({ description: 'Its name.' }),
    },
    resolve: (_root, args, ctx) =>
      ctx.doors.conversations.createAppChat(ctx.who, {
        application: plainId('Application', args.application, 'application'),
        name: args.name ?? undefined,
      }),
  }),
  changeChannel: t.field({
    type: ChannelPayload,
    description: 'Changes the details of a channel; what is left out stays.',
    args: {
      ...ofChannel,
      name: t.arg.string({ description: "A new name, or a discussion's title." }),
      topic: t.arg.string({ description: 'What it is about just now.' }),
      photo: t.arg.string({ description: 'Address of a picture; null takes it away.' }),
      tags: t.arg.stringList({ description: 'Its subjects, all of them.' }),
      visibility: t.arg({ type: Visibility, description: 'Who may see it.' }),
      posting: t.arg({ type: Posting, description: 'Who may post.' }),
      archived: t.arg.boolean({ description: 'True ends posting, false allows it again.' }),
      ...because,
    },
    resolve: async (_root, args, ctx) => ({
      channel: await ctx.doors.conversations.change(ctx.who, {
        ...channel(args),
        name: args.name ?? undefined,
        topic: args.topic ?? undefined,
        photo: args.photo,
        tags: args.tags ?? undefined,
        visibility: args.visibility ?? undefined,
        posting: args.posting ?? undefined,
        archived: args.archived ?? undefined,
        reason: args.reason ?? undefined,
      }),
    }),
  }),
  addMember: t.field({
    type: ChannelMembershipPayload,
    description: 'Puts somebody into a channel, or gives a member another role.',
    args: { ...ofMember, role: t.arg({ type: CommunityRole, description: 'The role there: member, unless told.' }) },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.conversations.addMember(ctx.who, { ...member(args), role: args.role ?? undefined });
      return member(args);
    },
  }),
  removeMember: t.field({
    type: ChannelMembershipPayload,
    description: 'Takes somebody out of a channel.',
    args: { ...ofMember, ...because },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.conversations.removeMember(ctx.who, { ...member(args), reason: args.reason ?? undefined });
      return member(args);
    },
  }),
  leaveChannel: t.field({
    type: ChannelMembershipPayload,
    description: 'Takes you out of a channel.',
    args: ofChannel,
    resolve: async (_root, args, ctx) => {
      const me = ctx.who.person?.id;
      if (me === undefined) throw new PlazaError('unauthenticated');
      await ctx.doors.conversations.removeMember(ctx.who, { ...channel(args), person: me });
      return { ...channel(args), person: me };
    },
  }),
}));
