import type { Id } from '../../../contracts/nouns.ts';
import type { Discussion } from '../../domains/conversations/index.ts';
import { defaultPageSize, type Page } from '../../kit/page.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { plainId, plainIdIf } from './ids.ts';
import { type Connection, connection, forward, listCost, pageOf } from './lists.ts';
import { type ChannelShape, Community, DiscussionConnection } from './nouns.ts';

const DiscussionSort = builder.enumType('DiscussionSort', {
  description: 'In which order discussions come.',
  values: {
    LATEST: { value: 'latest', description: 'Those with the newest message first.' },
    POPULAR: { value: 'popular', description: 'Those with the most going on first.' },
    UNANSWERED: { value: 'unanswered', description: 'Only those without a comment, newest first.' },
  } as const,
});

const discussionsArgs = builder.args((t) => ({
  sort: t.field({ type: DiscussionSort, defaultValue: 'latest', description: 'In which order.' }),
  tag: t.string({ description: 'Only those with this tag.' }),
  author: t.id({ description: 'Only those that this person started.' }),
  ...forward,
}));

interface DiscussionsArgs {
  sort?: 'latest' | 'popular' | 'unanswered' | null | undefined;
  tag?: string | null | undefined;
  author?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}

/** The first page without a filter is loaded together with those of the community's siblings. */
async function discussionsOf(community: Id, args: DiscussionsArgs, ctx: Context): Promise<Connection<ChannelShape>> {
  const [sort, tag, author] = [args.sort ?? 'latest', args.tag ?? undefined, plainIdIf('Person', args.author, 'author')];
  const plain = tag === undefined && author === undefined && (args.after ?? null) === null;
  const page = plain
    ? await ctx.load.discussions.load({ community, sort, first: args.first ?? defaultPageSize })
    : await ctx.doors.conversations.discussions(ctx.who, { community, sort, tag, author }, pageOf(args));
  return connection(flat(page));
}

function flat({ items, hasNext }: Page<Discussion>): Page<ChannelShape> {
  return {
    items: items.map(({ node: { channel, comments, activeAt }, cursor }) => ({ node: { ...channel, comments, activeAt }, cursor })),
    hasNext,
  };
}

builder.objectField(Community, 'discussions', (t) =>
  t.field({
    type: DiscussionConnection,
    description: 'Its discussions, those with the newest message first unless told.',
    args: discussionsArgs,
    complexity: listCost(),
    resolve: (community, args, ctx) => discussionsOf(community.id, args, ctx),
  }),
);

builder.queryField('discussions', (t) =>
  t.field({
    type: DiscussionConnection,
    description: "A community's discussions, those with the newest message first unless told.",
    args: { community: t.arg.id({ required: true, description: "The community's id." }), ...discussionsArgs },
    complexity: listCost(),
    resolve: (_root, args, ctx) => discussionsOf(plainId('Community', args.community, 'community'), args, ctx),
  }),
);

builder.queryField('news', (t) =>
  t.field({
    type: DiscussionConnection,
    description: 'The latest discussions of all of your communities, those with the newest message first; for a guest, of the public ones.',
    args: forward,
    complexity: listCost(10),
    resolve: async (_root, args, ctx) => connection(flat(await ctx.doors.conversations.news(ctx.who, pageOf(args)))),
  }),
);
