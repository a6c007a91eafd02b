import type { Draft as DraftNoun, Id } from '../../../contracts/nouns.ts';
import { Me } from './accounts.ts';
import { builder } from './builder.ts';
import { globalId, plainId, split } from './ids.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { Channel, Community } from './nouns.ts';

export const Draft = builder.objectRef<DraftNoun>('Draft').implement({
  description: 'What you began to write and have not sent, the same on all of your devices.',
  fields: (t) => ({
    place: t.id({
      description: 'Id of the channel that it is for; of the community, if it is for a new discussion there.',
      resolve: async ({ place, title }, _args, ctx) => {
        const isOfCommunity = title !== '' || (await ctx.load.community.load(place)) !== null;
        return globalId(isOfCommunity ? 'Community' : 'Channel', place);
      },
    }),
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'The channel that it is for, if you may still read it.',
      resolve: ({ place }, _args, ctx) => ctx.load.channel.load(place),
    }),
    community: t.field({
      type: Community,
      nullable: true,
      description: 'The community where it would be a new discussion, if you may still see it.',
      resolve: ({ place }, _args, ctx) => ctx.load.community.load(place),
    }),
    title: t.exposeString('title', { description: 'Of a new discussion; else empty.' }),
    body: t.exposeString('body', { description: 'The text, as markdown. A draft without text was sent or thrown away.' }),
    replyTo: t.exposeInt('replyTo', { nullable: true, description: 'Number of the message that it replies to.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was changed last.' }),
  }),
});

const DraftConnection = builder.connectionObject(
  { type: Draft, name: 'DraftConnection', description: 'A page of drafts.' },
  { name: 'DraftEdge', description: 'A draft in a list.' },
);

const DraftPayload = builder.objectRef<{ draft: DraftNoun }>('DraftPayload').implement({
  description: 'A draft that was kept, or thrown away.',
  fields: (t) => ({ draft: t.expose('draft', { type: Draft, description: 'The draft as it is now.' }) }),
});

function placeOf(args: { place: string }): Id {
  return plainId(split(args.place)?.kind === 'Community' ? 'Community' : 'Channel', args.place, 'place');
}

const ofPlace = builder.args((t) => ({
  place: t.id({ required: true, description: 'Id of a channel; of a community, for a new discussion there.' }),
}));

builder.objectFields(Me, (t) => ({
  drafts: t.field({
    type: DraftConnection,
    description: 'What you began to write, the last touched first.',
    args: forward,
    complexity: listCost(10),
    resolve: async (_me, args, ctx) => connection(await ctx.doors.drafts.list(ctx.who, pageOf(args))),
  }),
  draft: t.field({
    type: Draft,
    nullable: true,
    description: 'What you began to write there; null where there is nothing.',
    args: ofPlace,
    complexity: 10,
    resolve: (_me, args, ctx) => ctx.doors.drafts.get(ctx.who, placeOf(args)),
  }),
}));

builder.mutationField('saveDraft', (t) =>
  t.field({
    type: DraftPayload,
    description:
      'Keeps what you began to write, whole each time; an empty one throws away what was there. Sending does not: save an empty one then.',
    args: {
      ...ofPlace,
      title: t.arg.string({ description: 'Of a new discussion, at most 200 characters.' }),
      body: t.arg.string({ required: true, description: 'The text as markdown, at most 10,000 characters.' }),
      replyTo: t.arg.int({ description: 'Number of the message that it replies to.' }),
    },
    resolve: async (_root, args, ctx) => ({
      draft: await ctx.doors.drafts.save(ctx.who, {
        place: placeOf(args),
        title: args.title ?? undefined,
        body: args.body,
        replyTo: args.replyTo,
      }),
    }),
  }),
);
