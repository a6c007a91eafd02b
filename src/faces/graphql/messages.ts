import { PlazaError } from '../../../contracts/errors.ts';
import { everyone, type Id, type Message as MessageNoun } from '../../../contracts/nouns.ts';
import type { MessagePage, Reader as ReaderDoor, Revision as RevisionDoor, Since } from '../../domains/conversations/index.ts';
import { defaultPageSize } from '../../kit/page.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { messageId } from './ids.ts';
import { type Connection, connection, connectionOf, forward, listCost, pageOf } from './lists.ts';
import { Channel, Message, Person } from './nouns.ts';

const Revision = builder.objectRef<RevisionDoor>('Revision').implement({
  description: 'What an edited message said before.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: "The channel's version at which it was written." }),
    body: t.exposeString('body', { description: 'What it said, as markdown.' }),
    writtenAt: t.expose('writtenAt', { type: 'DateTime', description: 'When that was written.' }),
  }),
});

const Reader = builder.objectRef<ReaderDoor>('Reader').implement({
  description: 'Somebody who has read at least up to a message.',
  fields: (t) => ({
    person: t.field({
      type: Person,
      nullable: true,
      description: 'Who.',
      resolve: (reader, _args, ctx) => ctx.load.person.load(reader.person),
    }),
    number: t.exposeInt('number', { description: 'The last number that the person has read.' }),
    readAt: t.expose('readAt', { type: 'DateTime', description: 'When.' }),
  }),
});

const ReaderConnection = builder.connectionObject(
  { type: Reader, name: 'ReaderConnection', description: 'A page of readers.' },
  { name: 'ReaderEdge', description: 'A reader in a list.' },
);

Message.implement({
  description: 'One post in a channel; a comment is a message in a discussion.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: messageId }),
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'The channel it stands in.',
      resolve: (message, _args, ctx) => ctx.load.channel.load(message.channel),
    }),
    number: t.exposeInt('number', { description: 'Its place in the channel, 1, 2, 3 …' }),
    version: t.exposeInt('version', { description: "The channel's version at the change that touched this message last." }),
    author: t.field({
      type: Person,
      nullable: true,
      description: 'Who wrote it.',
      resolve: (message, _args, ctx) => ctx.load.person.load(message.author),
    }),
    key: t.exposeString('key', { nullable: true, description: "The author's own id for the send." }),
    body: t.exposeString('body', { nullable: true, description: 'Markdown as written; null once deleted.' }),
    html: t.string({
      nullable: true,
      complexity: 2,
      description: 'The body as safe HTML; null once deleted.',
      resolve: (message, _args, ctx) => (message.body === null ? null : ctx.doors.conversations.html(message.body)),
    }),
    replyTo: t.field({
      type: Message,
      nullable: true,
      description: 'The message of the same channel that it answers.',
      resolve: (message, _args, ctx) =>
        message.replyTo === null ? null : ctx.load.message.load({ channel: message.channel, number: message.replyTo }),
    }),
    mentions: t.field({
      type: [Person],
      description: 'Whom it calls by name.',
      complexity: { field: 2, multiplier: 2 },
      resolve: async (message, _args, ctx) => {
        const people = await Promise.all(message.mentions.filter((id) => id !== everyone).map((id) => ctx.load.person.load(id)));
        return people.filter((person) => person !== null);
      },
    }),
    mentionsEveryone: t.boolean({
      description: 'It calls everyone who may read the channel.',
      resolve: (message) => message.mentions.includes(everyone),
    }),
    link: t.field({
      type: Message,
      nullable: true,
      description:
        "The same words elsewhere: of a chat's message its place in the discussion made of it, and the way back. Null where there is none, or where you may not read it.",
      resolve: (message, _args, ctx) => (message.link === null ? null : ctx.load.message.load(message.link)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
    editedAt: t.expose('editedAt', { type: 'DateTime', nullable: true, description: 'When it was edited last.' }),
    deletedAt: t.expose('deletedAt', { type: 'DateTime', nullable: true, description: 'When it was deleted.' }),
    pinnedAt: t.expose('pinnedAt', { type: 'DateTime', nullable: true, description: 'When it was pinned.' }),
    revisions: t.field({
      type: [Revision],
      description: 'What it said before it was edited, oldest first.',
      complexity: { field: 10, multiplier: 10 },
      resolve: ({ channel, number }, _args, ctx) => ctx.doors.conversations.revisions(ctx.who, { channel, number }),
    }),
    readers: t.field({
      type: ReaderConnection,
      description: 'Who has read at least up to here.',
      args: forward,
      complexity: listCost(10),
      resolve: async ({ channel, number }, args, ctx) =>
        connection(await ctx.doors.conversations.readers(ctx.who, { channel, number }, pageOf(args))),
    }),
  }),
});

export const Changes = builder.objectRef<Since>('Changes').implement({
  description: 'What changed in a channel after a version.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'The version up to which this is complete: ask again from here.' }),
    number: t.exposeInt('number', { description: "The last message's number." }),
    channel: t.field({
      type: Channel,
      nullable: true,
      description: 'The channel, if its details changed.',
      resolve: (changes) => changes.details,
    }),
    messages: t.field({
      type: [Message],
      description: 'The changed messages, each once in its latest state, in order of version.',
      complexity: { field: 0, multiplier: 1 },
      resolve: (changes) => changes.messages,
    }),
    gap: t.exposeBoolean('gap', { description: 'There is more, even if this holds no message: ask again from `version`.' }),
  }),
});

/** Pages of messages lead both ways; a cursor is a message's number. */
export const messageArgs = builder.args((t) => ({
  first: t.int({ description: 'So many after `after`, or from the beginning.' }),
  after: t.string({ description: 'The cursor, which is the number, of the message to go on behind.' }),
  last: t.int({ description: 'So many before `before`, or the newest.' }),
  before: t.string({ description: 'The cursor, which is the number, of the message to go back from.' }),
  around: t.int({ description: 'The number of a message to have in the middle; `first` says how many in all.' }),
}));

export interface MessageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  around?: number | null | undefined;
}

/**
 * A page of a channel's messages. Pages that go forward are loaded together with those of the channel's siblings.
 * @param skip so many messages at the beginning do not count: 1 for comments, whose list starts after the opening
 */
export async function messagesOf(channel: Id, args: MessageArgs, ctx: Context, skip = 0): Promise<Connection<MessageNoun>> {
  const [after, before] = [numberOf(args.after, 'after'), numberOf(args.before, 'before')];
  const ways = [args.around !== null && args.around !== undefined, before !== undefined || isGiven(args.last), after !== undefined];
  if (ways.filter(Boolean).length > 1 || (isGiven(args.first) && (isGiven(args.last) || before !== undefined))) {
    throw new PlazaError('invalid_input', 'Ask one way at a time: first and after, or last and before, or around.', { field: 'after' });
  }
  const forwards = after !== undefined || (skip > 0 ? !ways.some(Boolean) : isGiven(args.first) && !ways.some(Boolean));
  if (forwards) {
    const ask = { channel, after: Math.max(after ?? 0, skip), first: args.first ?? defaultPageSize };
    return asConnection(await ctx.load.messages.load(ask), skip);
  }
  const limit = args.last ?? args.first ?? defaultPageSize;
  return asConnection(await ctx.doors.conversations.page(ctx.who, { channel, before, around: args.around ?? undefined, limit }), skip);
}

function asConnection({ messages, more }: MessagePage, skip: number): Connection<MessageNoun> {
  const shown = messages.filter((message) => message.number > skip);
  const first = shown[0]?.number ?? 0;
  return connectionOf(
    shown.map((node) => ({ node, cursor: String(node.number) })),
    { before: more.before && first > skip + 1, after: more.after },
  );
}

function isGiven(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

function numberOf(cursor: string | null | undefined, field: string): number | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  if (/^\d{1,10}$/.test(cursor)) return Number(cursor);
  throw new PlazaError('invalid_input', `"${field}" must be the number of a message.`, { field });
}
