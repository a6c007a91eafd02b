import type { Application as ApplicationDoor, ApplicationToken as TokenDoor } from '../../domains/applications/index.ts';
import type { AppChat } from '../../domains/conversations/index.ts';
import type { Page } from '../../kit/page.ts';
import { builder } from './builder.ts';
import { globalId, plainId } from './ids.ts';
import { connection, forward, listCost, pageOf } from './lists.ts';
import { Application, type ChannelShape, Chat, ChatConnection, DonePayload } from './nouns.ts';

const Scope = builder.enumType('Scope', {
  description: "What an application's token may do.",
  values: {
    READ: { value: 'read', description: 'Read chats and messages.' },
    WRITE: { value: 'write', description: 'Write them.' },
    PEOPLE: { value: 'people', description: 'Sign people up and in.' },
  } as const,
});

const ApplicationToken = builder.objectRef<TokenDoor>('ApplicationToken').implement({
  description: 'A token of an application; the secret itself is shown only when it is made.',
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: (token) => globalId('ApplicationToken', token.id) }),
    name: t.exposeString('name', { description: 'What it is for.' }),
    scopes: t.expose('scopes', { type: [Scope], complexity: 1, description: 'What it may do.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'When it ends; null for never.' }),
    usedAt: t.expose('usedAt', { type: 'DateTime', nullable: true, description: 'When it was last used.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const ApplicationTokenConnection = builder.connectionObject(
  { type: ApplicationToken, name: 'ApplicationTokenConnection', description: 'A page of tokens.' },
  { name: 'ApplicationTokenEdge', description: 'A token in a list.' },
);

const ApplicationConnection = builder.connectionObject(
  { type: Application, name: 'ApplicationConnection', description: 'A page of applications.' },
  { name: 'ApplicationEdge', description: 'An application in a list.' },
);

Application.implement({
  description: 'A tenant: a program that keeps its chats here.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({ description: 'Global id.', resolve: (application) => globalId('Application', application.id) }),
    plainId: t.exposeString('id', { description: 'The id as REST and the socket have it.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    chatsCount: t.exposeInt('chatsCount', { description: 'How many chats its tokens made; they are numbered from 1 to this.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was changed last.' }),
    chats: t.field({
      type: ChatConnection,
      description: 'Its chats by number.',
      args: forward,
      complexity: listCost(10),
      resolve: async (application, args, ctx) =>
        connection(chats(await ctx.doors.conversations.appChats(ctx.who, application.id, pageOf(args)))),
    }),
    chat: t.field({
      type: Chat,
      nullable: true,
      description: 'One of its chats, by number.',
      args: { number: t.arg.int({ required: true, description: 'The number.' }) },
      complexity: 10,
      resolve: async (application, args, ctx) =>
        (await ctx.doors.conversations.appChat(ctx.who, { application: application.id, number: args.number })).channel,
    }),
    tokens: t.field({
      type: ApplicationTokenConnection,
      description: 'Its tokens.',
      args: forward,
      complexity: listCost(10),
      resolve: async (application, args, ctx) => connection(await ctx.doors.applications.tokens(ctx.who, application.id, pageOf(args))),
    }),
  }),
});

function chats({ items, hasNext }: Page<AppChat>): Page<ChannelShape> {
  return { items: items.map(({ node, cursor }) => ({ node: node.channel, cursor })), hasNext };
}

builder.queryFields((t) => ({
  applications: t.field({
    type: ApplicationConnection,
    description: 'All applications, for admins; an application sees itself.',
    args: forward,
    complexity: listCost(10),
    resolve: async (_root, args, ctx) => connection(await ctx.doors.applications.list(ctx.who, pageOf(args))),
  }),
  application: t.field({
    type: Application,
    nullable: true,
    description: 'One application.',
    args: { id: t.arg.id({ required: true, description: "The application's id." }) },
    resolve: (_root, args, ctx) => ctx.doors.applications.get(ctx.who, plainId('Application', args.id, 'id')),
  }),
}));

const NewApplicationPayload = builder.objectRef<{ application: ApplicationDoor; token: string }>('NewApplicationPayload').implement({
  description: 'An application that was made.',
  fields: (t) => ({
    application: t.expose('application', { type: Application, description: 'The application.' }),
    token: t.exposeString('token', { description: 'Its first token, shown here and never again.' }),
  }),
});

const ApplicationPayload = builder.objectRef<{ application: ApplicationDoor }>('ApplicationPayload').implement({
  description: 'A changed application.',
  fields: (t) => ({ application: t.expose('application', { type: Application, description: 'The application as it is now.' }) }),
});

const NewTokenPayload = builder.objectRef<{ token: string; details: TokenDoor }>('NewTokenPayload').implement({
  description: 'A token that was made.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'The secret, shown here and never again.' }),
    details: t.expose('details', { type: ApplicationToken, description: 'What is known of it.' }),
  }),
});

builder.mutationFields((t) => ({
  createApplication: t.field({
    type: NewApplicationPayload,
    description: 'Makes an application, its bot and its first token; for admins.',
    args: { name: t.arg.string({ required: true, description: 'Its name.' }) },
    resolve: (_root, args, ctx) => ctx.doors.applications.create(ctx.who, { name: args.name }),
  }),
  changeApplication: t.field({
    type: ApplicationPayload,
    description: 'Gives an application another name.',
    args: {
      application: t.arg.id({ required: true, description: "The application's id." }),
      name: t.arg.string({ required: true, description: 'The new name.' }),
    },
    resolve: async (_root, args, ctx) => ({
      application: await ctx.doors.applications.change(ctx.who, {
        id: plainId('Application', args.application, 'application'),
        name: args.name,
      }),
    }),
  }),
  createApplicationToken: t.field({
    type: NewTokenPayload,
    description: 'Makes a further token for an application.',
    args: {
      application: t.arg.id({ required: true, description: "The application's id." }),
      name: t.arg.string({ required: true, description: 'What it is for.' }),
      scopes: t.arg({ type: [Scope], required: true, description: 'What it may do.' }),
      expiresAt: t.arg({ type: 'DateTime', description: 'When it ends; never, unless told.' }),
    },
    resolve: (_root, args, ctx) =>
      ctx.doors.applications.createToken(ctx.who, {
        application: plainId('Application', args.application, 'application'),
        name: args.name,
        scopes: args.scopes,
        expiresAt: args.expiresAt ?? undefined,
      }),
  }),
  revokeApplicationToken: t.field({
    type: DonePayload,
    description: 'Ends a token at once.',
    args: {
      application: t.arg.id({ required: true, description: "The application's id." }),
      token: t.arg.id({ required: true, description: "The token's id." }),
    },
    resolve: async (_root, args, ctx) => {
      await ctx.doors.applications.revokeToken(ctx.who, {
        application: plainId('Application', args.application, 'application'),
        token: plainId('ApplicationToken', args.token, 'token'),
      });
      return { done: true };
    },
  }),
}));
