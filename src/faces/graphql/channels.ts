import type { Id } from '../../../contracts/nouns.ts';
import { builder } from './builder.ts';
import { MemberConnection, type MemberShape } from './communities.ts';
import type { Context } from './context.ts';
import { globalId, plainId } from './ids.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { Changes, messageArgs, messagesOf } from './messages.ts';
import {
  Channel,
  type ChannelShape,
  Chat,
  Community,
  channelTypes,
  Direct,
  Discussion,
  Group,
  Message,
  MessageConnection,
  Person,
  Posting,
  Visibility,
} from './nouns.ts';

async function headOf(channel: Id, ctx: Context): Promise<{ number: number; version: number }> {
  return (await ctx.load.head.load(channel)) ?? { number: 0, version: 0 };
}

async function lastMessageOf(channel: Id, ctx: Context) {
  const { number } = await headOf(channel, ctx);
  return number === 0 ? null : ctx.load.message.load({ channel, number });
}

/** The other side of a direct channel, the first few of a group. */
async function peopleOf(channel: ChannelShape, ctx: Context) {
  const { items } = await ctx.doors.conversations.members(ctx.who, channel.id, { first: 5 });
  const others = items.map(({ node }) => node.person).filter((person) => person !== ctx.who.person?.id);
  const people = await Promise.all(others.map((person) => ctx.load.person.load(person)));
  return people.filter((person) => person !== null);
}

Channel.implement({
  description: 'A conversation: a log of messages numbered 1, 2, 3 … Whatever the kind, it is written, read and followed in one way.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: (channel) => channelTypes[channel.kind],
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: (channel) => globalId('Channel', channel.id) }),
    plainId: t.exposeString('id', { description: 'The id as REST and the socket have it.' }),
    name: t.exposeString('name', {
      nullable: true,
      description: "A chat's or group's name, a discussion's title; null for a direct channel.",
    }),
    topic: t.exposeString('topic', { description: 'What it is about just now.' }),
    photo: t.exposeString('photo', { nullable: true, description: 'Address of a picture.' }),
    tags: t.exposeStringList('tags', { complexity: 1, description: 'Its subjects.' }),
    visibility: t.expose('visibility', { type: Visibility, description: 'Who may see it.' }),
    posting: t.expose('posting', { type: Posting, description: 'Who may post.' }),
    archived: t.exposeBoolean('archived', { description: 'Nobody may post any more.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    createdBy: t.field({
      type: Person,
      nullable: true,
      description: 'Who made it.',
      resolve: (channel, _args, ctx) => (channel.createdBy === null ? null : ctx.load.person.load(channel.createdBy)),
    }),
    community: t.field({
      type: Community,
      nullable: true,
      description: 'The community it belongs to; null for groups and direct channels.',
      resolve: (channel, _args, ctx) => (channel.community === null ? null : ctx.load.community.load(channel.community)),
    }),
    lastNumber: t.int({
      description: "The last message's number; 0 if there is none.",
      resolve: async (c, _a, ctx) => (await headOf(c.id, ctx)).number,
    }),
    version: t.int({
      description: 'Its count of changes. Every post, edit, deletion, reaction, pin and change of details moves it by exactly 1.',
      resolve: async (channel, _args, ctx) => (await headOf(channel.id, ctx)).version,
    }),
    read: t.int({ description: 'The last number that you have read.', resolve: (channel, _args, ctx) => ctx.load.read.load(channel.id) }),
    unread: t.int({
      description: 'How many messages came after what you have read.',
      resolve: async ({ id }, _args, ctx) => {
        const [head, read] = await Promise.all([headOf(id, ctx), ctx.load.read.load(id)]);
        return Math.max(0, head.number - read);
      },
    }),
    unreadMentions: t.int({
      description: 'How many of the unread messages call you, by name or with everyone.',
      resolve: (channel, _args, ctx) => ctx.load.unreadMentions.load(channel.id),
    }),
    lastMessage: t.field({
      type: Message,
      nullable: true,
      description: 'The newest message.',
      resolve: (channel, _args, ctx) => lastMessageOf(channel.id, ctx),
    }),
    messages: t.field({
      type: MessageConnection,
      description: 'Its messages by number, ascending; the newest page unless told. Pages lead both ways from anywhere.',
      args: messageArgs,
      complexity: listCost(10),
      resolve: (channel, args, ctx) => messagesOf(channel.id, args, ctx),
    }),
    pins: t.field({
      type: MessageConnection,
      description: 'Its pinned messages, the latest pinned first. Here a cursor is opaque.',
      args: forward,
      complexity: listCost(10),
      resolve: async (channel, args, ctx) => connection(await ctx.doors.conversations.pins(ctx.who, channel.id, pageOf(args))),
    }),
    members: t.field({
      type: MemberConnection,
      description: 'Who was put into it by name. In a public channel everyone else of the community may take part too.',
      args: forward,
      complexity: listCost(10),
      resolve: async (channel, args, ctx) =>
        connection<MemberShape>(await ctx.doors.conversations.members(ctx.who, channel.id, pageOf(args))),
    }),
    changes: t.field({
      type: Changes,
      description: 'What changed after a version, each message once in its latest state: how a client catches up.',
      args: {
        since: t.arg.int({ required: true, description: 'The version that you have; 0 for everything.' }),
        first: t.arg.int({ description: 'How many messages at most.' }),
      },
      complexity: listCost(10),
      resolve: (channel, args, ctx) =>
        ctx.doors.conversations.since(ctx.who, { channel: channel.id, version: args.since, limit: args.first ?? undefined }),
    }),
  }),
});

const node = builder.nodeInterfaceRef();

Discussion.implement({
  description: 'A discussion in a community: an opening message and its comments.',
  interfaces: [node, Channel],
  fields: (t) => ({
    title: t.string({ description: 'What it is about, in a line.', resolve: (discussion) => discussion.name ?? '' }),
    author: t.field({
      type: Person,
      nullable: true,
      description: 'Who started it.',
      resolve: (discussion, _args, ctx) => (discussion.createdBy === null ? null : ctx.load.person.load(discussion.createdBy)),
    }),
    opening: t.field({
      type: Message,
      nullable: true,
      description: 'The message that it starts with, number 1.',
      resolve: (discussion, _args, ctx) => ctx.load.message.load({ channel: discussion.id, number: 1 }),
    }),
    excerpt: t.string({
      complexity: 2,
      description: 'The beginning of the opening message as plain text, at most 200 characters.',
      resolve: async (discussion, _args, ctx) => {
        const opening = await ctx.load.message.load({ channel: discussion.id, number: 1 });
        return ctx.doors.conversations.excerpt(opening?.body ?? '');
      },
    }),
    accepted: t.field({
      type: Message,
      nullable: true,
      description: 'The comment that answers it; null while there is none, or while it is deleted.',
      resolve: async ({ id, accepted }, _args, ctx) => {
        const comment = accepted === null ? null : await ctx.load.message.load({ channel: id, number: accepted });
        return comment?.deletedAt === null ? comment : null;
      },
    }),
    comments: t.field({
      type: MessageConnection,
      description: 'The messages after the opening one, oldest first unless told.',
      args: messageArgs,
      complexity: listCost(),
      resolve: (discussion, args, ctx) => messagesOf(discussion.id, args, ctx, 1),
    }),
    commentCount: t.int({
      description: 'How many comments it has, deleted ones included.',
      resolve: async (discussion, _args, ctx) => discussion.comments ?? Math.max(0, (await headOf(discussion.id, ctx)).number - 1),
    }),
    activeAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the last message was written.',
      resolve: async (discussion, _args, ctx) => discussion.activeAt ?? (await lastMessageOf(discussion.id, ctx))?.createdAt,
    }),
  }),
});

Chat.implement({
  description: 'A chat channel of a community, or a numbered chat of an application.',
  interfaces: [node, Channel],
  fields: (t) => ({
    number: t.int({
      nullable: true,
      description: "Its place 1, 2, 3 … among its application's chats; null elsewhere.",
      resolve: (chat) => chat.chatNumber,
    }),
    search: t.field({
      type: MessageConnection,
      description: 'Messages with these words or beginnings of words, newest first; in chats of applications. Here a cursor is opaque.',
      args: { q: t.arg.string({ required: true, description: 'What to look for.' }), ...forward },
      complexity: listCost(50),
      resolve: async (chat, args, ctx) =>
        connection(await ctx.doors.conversations.search(ctx.who, { channel: chat.id, q: args.q }, pageOf(args))),
    }),
  }),
});

Group.implement({
  description: 'A conversation of a few people.',
  interfaces: [node, Channel],
  fields: (t) => ({
    people: t.field({
      type: [Person],
      description: 'The first few others in it.',
      complexity: { field: 10, multiplier: 4 },
      resolve: (group, _args, ctx) => peopleOf(group, ctx),
    }),
  }),
});

Direct.implement({
  description: 'The one conversation of two people.',
  interfaces: [node, Channel],
  fields: (t) => ({
    with: t.field({
      type: Person,
      nullable: true,
      description: 'The other one.',
      complexity: { field: 10 },
      resolve: async (direct, _args, ctx) => (await peopleOf(direct, ctx))[0],
    }),
  }),
});

builder.queryFields((t) => ({
  channel: t.field({
    type: Channel,
    nullable: true,
    description: 'One channel of any kind: discussion, chat, group or direct.',
    args: { id: t.arg.id({ required: true, description: "The channel's id." }) },
    resolve: (_root, args, ctx) => ctx.doors.conversations.channel(ctx.who, plainId('Channel', args.id, 'id')),
  }),
  messages: t.field({
    type: MessageConnection,
    description: "A channel's messages by number, ascending; the newest page unless told.",
    args: { channel: t.arg.id({ required: true, description: "The channel's id." }), ...messageArgs },
    complexity: listCost(10),
    resolve: (_root, args, ctx) => messagesOf(plainId('Channel', args.channel, 'channel'), args, ctx),
  }),
  epoch: t.string({
    description: 'Differs after a restore from an older backup: forget every version and start afresh.',
    resolve: (_root, _args, ctx) => ctx.doors.conversations.epoch(),
  }),
}));
