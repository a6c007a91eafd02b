import type { Message as MessageNoun } from '../../../contracts/nouns.ts';
import { builder } from './builder.ts';
import { connection, forward, listCost, mapPage, pageOf } from './lists.ts';
import { Message, PersonConnection } from './nouns.ts';
import { ChangePayload, message, ofMessage, on } from './posting.ts';

interface ReactionShape {
  message: MessageNoun;
  emoji: string;
  count: number;
}

const Reaction = builder.objectRef<ReactionShape>('Reaction').implement({
  description: 'How often an emoji was given to a message.',
  fields: (t) => ({
    emoji: t.exposeString('emoji', { description: 'The emoji.' }),
    count: t.exposeInt('count', { description: 'How many people gave it.' }),
    mine: t.boolean({
      description: 'You gave it too.',
      resolve: async ({ message, emoji }, _args, ctx) => (await ctx.load.myReactions.load(message)).includes(emoji),
    }),
    people: t.field({
      type: PersonConnection,
      description: 'Who gave it, first come first.',
      args: forward,
      complexity: listCost(10),
      resolve: async ({ message, emoji }, args, ctx) => {
        const { channel, number } = message;
        const people = await ctx.doors.reactions.people(ctx.who, { channel, number, emoji }, pageOf(args));
        return connection(await mapPage(people, (id) => ctx.load.person.load(id)));
      },
    }),
  }),
});

builder.objectField(Message, 'reactions', (t) =>
  t.field({
    type: [Reaction],
    description: 'Its reactions in order of first use.',
    complexity: { field: 1, multiplier: 3 },
    resolve: (of) => of.reactions.map((reaction) => ({ message: of, ...reaction })),
  }),
);

builder.mutationField('react', (t) =>
  t.field({
    type: ChangePayload,
    description: 'Gives a message an emoji, or takes it back.',
    args: { ...ofMessage, emoji: t.arg.string({ required: true, description: 'One emoji.' }), ...on },
    resolve: (_root, args, ctx) => ctx.doors.reactions.react(ctx.who, { ...message(args), emoji: args.emoji, on: args.on ?? true }),
  }),
);
