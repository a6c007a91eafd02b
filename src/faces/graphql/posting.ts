import type { Id } from '../../../contracts/nouns.ts';
import type { Changed, Posted } from '../../domains/conversations/index.ts';
import { builder } from './builder.ts';
import { channel, ofChannel } from './conversations.ts';
import { Channel, DonePayload, Message } from './nouns.ts';

/** The mutations of a channel's log. */

const PostPayload = builder.objectRef<Posted>('PostPayload').implement({
  description: 'A message that was posted: it is durable.',
  fields: (t) => ({
    message: t.expose('message', { type: Message, description: 'The message.' }),
    number: t.exposeInt('number', { description: 'Its place in the channel.' }),
    version: t.exposeInt('version', { description: "The channel's version at this change." }),
    repeated: t.exposeBoolean('repeated', { description: 'The key was known: this is the first message, and nothing was changed.' }),
  }),
});

export const ChangePayload = builder.objectRef<Changed>('ChangePayload').implement({
  description: 'A message that was changed: the change is durable.',
  fields: (t) => ({
    message: t.expose('message', { type: Message, description: 'The message as it is now.' }),
    number: t.exposeInt('number', { description: 'Its place in the channel.' }),
    version: t.exposeInt('version', { description: "The channel's version at this change." }),
  }),
});

const ReadPayload = builder.objectRef<{ channel: Id; number: number }>('ReadPayload').implement({
  description: 'How far you have read a channel.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'The last number that you have read.' }),
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'The channel.',
      resolve: ({ channel }, _args, ctx) => ctx.load.channel.load(channel),
    }),
  }),
});

export const ofMessage = builder.args((t) => ({
  channel: t.id({ required: true, description: "The channel's id." }),
  number: t.int({ required: true, description: "The message's number." }),
}));
export const on = builder.args((t) => ({ on: t.boolean({ defaultValue: true, description: 'False takes it back.' }) }));
const reason = builder.args((t) => ({
  reason: t.string({ description: "Why, up to 500 characters; kept for the moderators when the message is another's." }),
}));

export const message = (args: { channel: string; number: number }) => ({ ...channel(args), number: args.number });

builder.mutationFields((t) => ({
  post: t.field({
    type: PostPayload,
    description: 'Posts a message; in a discussion, a comment.',
    args: {
      ...ofChannel,
      body: t.arg.string({ required: true, description: 'Markdown.' }),
      key: t.arg.string({ description: 'Your own id for this send: with the same key again nothing is posted twice.' }),
      replyTo: t.arg.int({ description: 'Number of the message that it answers.' }),
    },
    resolve: (_root, args, ctx) =>
      ctx.doors.conversations.post(ctx.who, {
        ...channel(args),
        body: args.body,
        key: args.key ?? undefined,
        replyTo: args.replyTo ?? undefined,
      }),
  }),
  edit: t.field({
    type: ChangePayload,
    description: 'Changes what a message says; what it said before is kept.',
    args: { ...ofMessage, body: t.arg.string({ required: true, description: 'Markdown.' }) },
    resolve: (_root, args, ctx) => ctx.doors.conversations.edit(ctx.who, { ...message(args), body: args.body }),
  }),
  delete: t.field({
    type: ChangePayload,
    description: 'Empties a message; its number stays.',
    args: { ...ofMessage, ...reason },
    resolve: (_root, args, ctx) => ctx.doors.conversations.delete(ctx.who, { ...message(args), reason: args.reason ?? undefined }),
  }),
  restore: t.field({
    type: ChangePayload,
    description: 'Brings a deleted message back with the text it had: for its author, who deleted it, and for moderators.',
    args: { ...ofMessage, ...reason },
    resolve: (_root, args, ctx) => ctx.doors.conversations.restore(ctx.who, { ...message(args), reason: args.reason ?? undefined }),
  }),
  pin: t.field({
    type: ChangePayload,
    description: 'Pins a message, or takes the pin off.',
    args: { ...ofMessage, ...on },
    resolve: (_root, args, ctx) => ctx.doors.conversations.pin(ctx.who, { ...message(args), on: args.on ?? true }),
  }),
  markRead: t.field({
    type: ReadPayload,
    description: 'Says that you have read up to this number. It never goes back.',
    args: ofMessage,
    resolve: async (_root, args, ctx) => ({ ...channel(args), ...(await ctx.doors.conversations.markRead(ctx.who, message(args))) }),
  }),
  typing: t.field({
    type: DonePayload,
    description: 'Tells the others that you are writing.',
    args: ofChannel,
    resolve: async (_root, args, ctx) => {
      await ctx.doors.conversations.typing(ctx.who, channel(args));
      return { done: true };
    },
  }),
}));
