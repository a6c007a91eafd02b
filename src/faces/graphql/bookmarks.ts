import type { Message as MessageNoun } from '../../../contracts/nouns.ts';
import type { Bookmark as BookmarkDoor } from '../../domains/bookmarks/index.ts';
import { Me } from './accounts.ts';
import { builder } from './builder.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { Message } from './nouns.ts';
import { message, ofMessage, on } from './posting.ts';

const Bookmark = builder.objectRef<BookmarkDoor>('Bookmark').implement({
  description: 'A message that you marked to find again.',
  fields: (t) => ({
    message: t.expose('message', { type: Message, description: 'The message.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When you marked it.' }),
  }),
});

const BookmarkConnection = builder.connectionObject(
  { type: Bookmark, name: 'BookmarkConnection', description: 'A page of bookmarks.' },
  { name: 'BookmarkEdge', description: 'A bookmark in a list.' },
);

const BookmarkPayload = builder.objectRef<{ message: MessageNoun; on: boolean }>('BookmarkPayload').implement({
  description: 'A message that you bookmarked, or no longer.',
  fields: (t) => ({
    message: t.expose('message', { type: Message, description: 'The message.' }),
    on: t.exposeBoolean('on', { description: 'It is bookmarked.' }),
  }),
});

builder.objectField(Message, 'bookmarked', (t) =>
  t.boolean({ description: 'You bookmarked it.', resolve: (of, _args, ctx) => ctx.load.bookmarked.load(of) }),
);

builder.objectField(Me, 'bookmarks', (t) =>
  t.field({
    type: BookmarkConnection,
    description: 'Messages that you bookmarked and may still read, the last marked first.',
    args: forward,
    complexity: listCost(10),
    resolve: async (_me, args, ctx) => {
      const page = await ctx.doors.bookmarks.list(ctx.who, pageOf(args));
      for (const { node } of page.items) ctx.load.bookmarked.prime(node.message, true);
      return connection(page);
    },
  }),
);

builder.mutationField('bookmark', (t) =>
  t.field({
    type: BookmarkPayload,
    description: 'Marks a message for you to find again, or takes the mark away. Nobody else learns of it.',
    args: { ...ofMessage, ...on },
    resolve: (_root, args, ctx) => ctx.doors.bookmarks.bookmark(ctx.who, { ...message(args), on: args.on ?? true }),
  }),
);
