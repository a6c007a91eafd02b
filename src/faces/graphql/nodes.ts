import { PlazaError } from '../../../contracts/errors.ts';
import { isId } from '../../kit/page.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { split } from './ids.ts';
import { channelTypes } from './nouns.ts';

const most = 100;
const node = builder.nodeInterfaceRef();

/** Whatever has this id, null if there is none that the caller may see. */
async function nodeOf(id: string, ctx: Context) {
  const parts = split(id);
  const [first = '', number = '1'] = parts?.id.split('/') ?? [];
  switch (isId(first) && /^[1-9]\d{0,8}$/.test(number) ? parts?.kind : undefined) {
    case 'Person':
      return typed('Person', await ctx.load.person.load(first));
    case 'Community':
      return typed('Community', await ctx.load.community.load(first));
    case 'Channel': {
      const channel = await ctx.load.channel.load(first);
      return channel === null ? null : typed(channelTypes[channel.kind], channel);
    }
    case 'Message': {
      return typed('Message', await ctx.load.message.load({ channel: first, number: Number(number) }));
    }
    case 'Application':
      return typed('Application', await ctx.doors.applications.get(ctx.who, first));
    default:
      throw new PlazaError('invalid_input', 'This is not the id of anything that can be fetched by its id.', { field: 'id' });
  }
}

function typed(name: string, thing: object | null) {
  return thing === null ? null : { ...thing, __typename: name };
}

builder.queryFields((t) => ({
  node: t.field({
    type: node,
    nullable: true,
    description: 'Whatever has this id; null if there is none that you may see.',
    args: { id: t.arg.id({ required: true, description: 'A global id.' }) },
    resolve: (_root, args, ctx) => nodeOf(args.id, ctx),
  }),
  nodes: t.field({
    type: [node],
    nullable: { list: false, items: true },
    description: 'The same for many, in the order of the ids; at most 100.',
    args: { ids: t.arg.idList({ required: true, description: 'Global ids.' }) },
    complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
    resolve: (_root, args, ctx) => {
      if (args.ids.length > most) throw new PlazaError('invalid_input', `At most ${most} ids at a time.`, { field: 'ids' });
      return args.ids.map((id) => nodeOf(id, ctx));
    },
  }),
}));
