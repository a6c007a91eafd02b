import type { ChannelEvent as ChannelEventShape, CommunityEvent, PersonEvent } from '../../../contracts/events.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { Draft } from './drafts.ts';
import { endsWith } from './ending.ts';
import { globalId, plainId } from './ids.ts';
import { Channel, Community, CommunityRole, Message, Person } from './nouns.ts';

type OfType<T extends ChannelEventShape['type']> = Extract<ChannelEventShape, { type: T }>;
type MyEventShape = PersonEvent | CommunityEvent;
type OfMyType<T extends MyEventShape['type']> = Extract<MyEventShape, { type: T }>;

const typeNames = {
  posted: 'PostedEvent',
  edited: 'EditedEvent',
  deleted: 'DeletedEvent',
  restored: 'RestoredEvent',
  reacted: 'ReactedEvent',
  pinned: 'PinnedEvent',
  linked: 'LinkedEvent',
  changed: 'ChangedEvent',
} as const;

const ChannelEvent = builder.interfaceRef<ChannelEventShape>('ChannelEvent').implement({
  description:
    'One change in a channel. Each moves the version by exactly 1; those that catch you up may skip some, since they tell of each message once. Keep the version, and give it as `after` when you come back.',
  resolveType: (event) => typeNames[event.type],
  fields: (t) => ({
    version: t.exposeInt('version', { description: "The channel's version after this change." }),
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'Where it happened.',
      resolve: (event, _args, ctx) => (event.type === 'changed' ? event.details : ctx.load.channel.load(event.channel)),
    }),
    by: t.expose('by', { type: Person, description: 'Who did it.' }),
    message: t.field({
      type: Message,
      nullable: true,
      description: 'The message it is about; null when the channel itself was changed.',
      resolve: (event, _args, ctx) => {
        if ('message' in event) return event.message;
        return 'number' in event ? ctx.load.message.load({ channel: event.channel, number: event.number }) : null;
      },
    }),
  }),
});

builder.objectRef<OfType<'posted'>>('PostedEvent').implement({ description: 'A message was posted.', interfaces: [ChannelEvent] });
builder.objectRef<OfType<'edited'>>('EditedEvent').implement({ description: 'A message was edited.', interfaces: [ChannelEvent] });
builder.objectRef<OfType<'deleted'>>('DeletedEvent').implement({ description: 'A message was deleted.', interfaces: [ChannelEvent] });
builder.objectRef<OfType<'restored'>>('RestoredEvent').implement({
  description: 'A deleted message is back, with the text it had.',
  interfaces: [ChannelEvent],
});
builder.objectRef<OfType<'changed'>>('ChangedEvent').implement({
  description: "The channel's name, topic or other details were changed.",
  interfaces: [ChannelEvent],
});
builder.objectRef<OfType<'reacted'>>('ReactedEvent').implement({
  description: 'An emoji was given to a message, or taken back.',
  interfaces: [ChannelEvent],
  fields: (t) => ({
    number: t.exposeInt('number', { description: "The message's number." }),
    emoji: t.exposeString('emoji', { description: 'The emoji.' }),
    on: t.exposeBoolean('on', { description: 'Given; false: taken back.' }),
  }),
});
builder.objectRef<OfType<'pinned'>>('PinnedEvent').implement({
  description: 'A message was pinned, or its pin taken off.',
  interfaces: [ChannelEvent],
  fields: (t) => ({
    number: t.exposeInt('number', { description: "The message's number." }),
    pinnedAt: t.expose('pinnedAt', { type: 'DateTime', nullable: true, description: 'When it was pinned; null: the pin was taken off.' }),
  }),
});
builder.objectRef<OfType<'linked'>>('LinkedEvent').implement({
  description: 'A message got its place elsewhere: the same words in a discussion made of it.',
  interfaces: [ChannelEvent],
  fields: (t) => ({ number: t.exposeInt('number', { description: "The message's number." }) }),
});

const Read = builder.objectRef<OfMyType<'read'>>('ReadEvent').implement({
  description: 'You read a channel, perhaps on another device.',
  fields: (t) => ({
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'Which one.',
      resolve: (event, _args, ctx) => ctx.load.channel.load(event.channel),
    }),
    number: t.exposeInt('number', { description: 'The last number that you have read.' }),
  }),
});
const ChannelJoined = builder.objectRef<OfMyType<'channel_joined'>>('ChannelJoinedEvent').implement({
  description: 'You are in a channel now.',
  fields: (t) => ({ channel: t.expose('channel', { type: Channel, description: 'Which one.' }) }),
});
const ChannelLeft = builder.objectRef<OfMyType<'channel_left'>>('ChannelLeftEvent').implement({
  description: 'You are no longer in a channel.',
  fields: (t) => ({ channelId: t.id({ description: "The channel's id.", resolve: (event) => globalId('Channel', event.channel) }) }),
});
const CommunityJoined = builder.objectRef<OfMyType<'community_joined'>>('CommunityJoinedEvent').implement({
  description: 'You are a member of a community now, or have another role there.',
  fields: (t) => ({
    community: t.field({
      type: Community,
      nullable: true,
      description: 'Which one.',
      resolve: (event, _args, ctx) => ctx.load.community.load(event.community),
    }),
    role: t.expose('role', { type: CommunityRole, description: 'Your role there.' }),
  }),
});
const CommunityLeft = builder.objectRef<OfMyType<'community_left'>>('CommunityLeftEvent').implement({
  description: 'You are no longer a member of a community.',
  fields: (t) => ({
    communityId: t.id({ description: "The community's id.", resolve: (event) => globalId('Community', event.community) }),
  }),
});
const Invited = builder.objectRef<OfMyType<'invited'>>('InvitedEvent').implement({
  description: 'You are invited into a community.',
  fields: (t) => ({
    community: t.field({
      type: Community,
      nullable: true,
      description: 'Where to.',
      resolve: (event, _args, ctx) => ctx.load.community.load(event.community),
    }),
    by: t.expose('by', { type: Person, description: 'Who invites.' }),
  }),
});
const ProfileChanged = builder.objectRef<OfMyType<'profile'>>('ProfileEvent').implement({
  description: 'Your profile was changed.',
  fields: (t) => ({ person: t.expose('person', { type: Person, description: 'You, as you are now.' }) }),
});
const ChannelCreated = builder.objectRef<OfMyType<'channel_created'>>('ChannelCreatedEvent').implement({
  description: 'A community of yours has a new channel.',
  fields: (t) => ({ channel: t.expose('channel', { type: Channel, description: 'Which one.' }) }),
});
const CommunityChanged = builder.objectRef<OfMyType<'community_changed'>>('CommunityChangedEvent').implement({
  description: 'A community of yours has another name, description or other details.',
  fields: (t) => ({ community: t.expose('community', { type: Community, description: 'The community as it is now.' }) }),
});
const Mentioned = builder.objectRef<OfMyType<'mentioned'>>('MentionedEvent').implement({
  description: 'A message calls you by name, or no longer does.',
  fields: (t) => ({
    message: t.field({
      type: Message,
      nullable: true,
      description: 'Which one.',
      resolve: ({ channel, number }, _args, ctx) => ctx.load.message.load({ channel, number }),
    }),
    on: t.exposeBoolean('on', { description: 'It does; false: an edit or a deletion took the call away.' }),
  }),
});
const EveryoneMentioned = builder.objectRef<OfMyType<'everyone_mentioned'>>('EveryoneMentionedEvent').implement({
  description: 'A message in a public channel of a community of yours calls everyone, or no longer does.',
  fields: (t) => ({
    message: t.field({
      type: Message,
      nullable: true,
      description: 'Which one.',
      resolve: ({ channel, number }, _args, ctx) => ctx.load.message.load({ channel, number }),
    }),
    on: t.exposeBoolean('on', { description: 'It does; false: an edit or a deletion took the call away.' }),
  }),
});

const Bookmarked = builder.objectRef<OfMyType<'bookmarked'>>('BookmarkedEvent').implement({
  description: 'You bookmarked a message, or took the mark away, perhaps on another device.',
  fields: (t) => ({
    message: t.field({
      type: Message,
      nullable: true,
      description: 'Which one.',
      resolve: ({ channel, number }, _args, ctx) => ctx.load.message.load({ channel, number }),
    }),
    on: t.exposeBoolean('on', { description: 'It is bookmarked.' }),
  }),
});
const DraftSaved = builder.objectRef<OfMyType<'draft'>>('DraftEvent').implement({
  description: 'You wrote at a draft, perhaps on another device. An empty one was sent or thrown away.',
  fields: (t) => ({ draft: t.expose('draft', { type: Draft, description: 'The draft as it is now.' }) }),
});

const myTypes = {
  read: Read,
  channel_joined: ChannelJoined,
  channel_left: ChannelLeft,
  community_joined: CommunityJoined,
  community_left: CommunityLeft,
  invited: Invited,
  profile: ProfileChanged,
  channel_created: ChannelCreated,
  community_changed: CommunityChanged,
  mentioned: Mentioned,
  everyone_mentioned: EveryoneMentioned,
  bookmarked: Bookmarked,
  draft: DraftSaved,
} as const;

const MyEvent = builder.unionType('MyEvent', {
  description: 'Something that concerns you, on all of your devices. Nothing is repeated: after a cut, ask `me` again.',
  types: Object.values(myTypes),
  resolveType: (event) => myTypes[event.type],
});

/** Only now would a sign-out be heard; whether there was one before is asked once more (L9). */
async function begin<T>(ctx: Context, events: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const ending = endsWith(ctx, events);
  try {
    await ctx.confirm();
    return ending;
  } catch (error) {
    await ending.return(undefined);
    throw error;
  }
}

/** What is told may be heard a moment before a query finds it; the fields below are looked up. */
async function seen<T>(event: T, _args: unknown, ctx: Context): Promise<T> {
  await ctx.live.seen();
  return event;
}

builder.subscriptionFields((t) => ({
  channelEvents: t.field({
    type: ChannelEvent,
    description:
      'What happens in a channel, in order of version. With `after`, what happened since then comes first, without a gap: each message that changed, once, in its latest state. Ends with an error when you may not read the channel any more.',
    args: {
      channel: t.arg.id({ required: true, description: "The channel's id." }),
      after: t.arg.int({ description: 'The version that you have; 0 for everything.' }),
    },
    subscribe: (_root, args, ctx) =>
      begin(ctx, ctx.live.subscribe(ctx.who, { channel: plainId('Channel', args.channel, 'channel'), after: args.after ?? undefined })),
    resolve: seen,
  }),
  myEvents: t.field({
    type: MyEvent,
    description: 'What concerns you: what you read, join, leave, are invited to.',
    subscribe: (_root, _args, ctx) => begin(ctx, ctx.live.personal(ctx.who)),
    resolve: seen,
  }),
}));
