import { z } from 'zod';
import type { Message } from '../../../contracts/nouns.ts';
import type { AppChat } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { application, applicationId } from './applications.ts';
import { link, list, listOf, paging } from './lists.ts';
import { count, id, number, text } from './schemas.ts';

const tags = ['Applications'];
const time = z.string();

const ChatShape = z
  .object({ number: count, name: z.string().nullable(), messages_count: count, channel_id: id, created_at: time })
  .meta({ id: 'Chat', description: 'A chat of an application, numbered 1…n in it.' });
const MessageShape = z
  .object({
    number: count,
    chat_number: count,
    body: z.string().nullable(),
    key: z.string().nullable(),
    author_id: id,
    created_at: time,
    edited_at: time.nullable(),
    deleted_at: time.nullable(),
  })
  .meta({ id: 'ChatMessage', description: 'A message of a chat, numbered 1…n in it.' });

const chat = application.extend({ number });
const newMessage = { body: text(), key: text().optional().describe('My own id for this message: the same key gives the same message.') };

function shape({ channel, number, messagesCount }: AppChat): z.output<typeof ChatShape> {
  return { number, name: channel.name, messages_count: messagesCount, channel_id: channel.id, created_at: channel.createdAt };
}

function messageShape(
  chatNumber: number,
  { number, body, key, author, createdAt, editedAt, deletedAt }: Message,
): z.output<typeof MessageShape> {
  return {
    number,
    chat_number: chatNumber,
    body,
    key,
    author_id: author,
    created_at: createdAt,
    edited_at: editedAt,
    deleted_at: deletedAt,
  };
}

/** Numbered chats of applications and their numbered messages. */
export function chatRoutes(app: RestApp, { conversations }: Doors): void {
  app.post(
    '/applications/:id/chats',
    {
      schema: {
        tags,
        summary: 'Make a chat',
        params: application,
        body: z.object({ name: text().optional() }).optional(),
        response: { 201: ChatShape },
      },
    },
    async ({ who, params, body }, reply) => {
      const made = await conversations.createAppChat(who, { application: applicationId(who, params.id), name: body?.name });
      return reply.code(201).header('location', `/v1/applications/${params.id}/chats/${made.number}`).send(shape(made));
    },
  );

  app.get(
    '/applications/:id/chats',
    { schema: { tags, summary: 'Chats', params: application, querystring: z.object(paging), response: { 200: listOf(ChatShape) } } },
    async (request, reply) => {
      const of = applicationId(request.who, request.params.id);
      const { items, next } = list(request, reply, await conversations.appChats(request.who, of, request.query));
      return { items: items.map(shape), next };
    },
  );

  app.get(
    '/applications/:id/chats/:number',
    { schema: { tags, summary: 'A chat', params: chat, response: { 200: ChatShape } } },
    async ({ who, params }) =>
      shape(await conversations.appChat(who, { application: applicationId(who, params.id), number: params.number })),
  );

  app.post(
    '/applications/:id/chats/:number/messages',
    {
      schema: {
        tags,
        summary: 'Write a message',
        description: 'Accepted with the number already assigned: the message is kept when the answer comes.',
        params: chat,
        body: z.object(newMessage).meta({ examples: [{ body: 'The printer is on fire.' }] }),
        response: { 202: MessageShape },
      },
    },
    async (request, reply) => {
      const { who, params, body } = request;
      const { channel } = await conversations.appChat(who, { application: applicationId(who, params.id), number: params.number });
      const { message } = await conversations.post(who, { channel: channel.id, body: body.body, key: body.key ?? request.idempotencyKey });
      return reply.code(202).send(messageShape(params.number, message));
    },
  );

  app.post(
    '/messages',
    {
      schema: {
        tags,
        summary: "Write a message into a chat of the token's application",
        description: 'Accepted with the number already assigned: the message is kept when the answer comes.',
        body: z.object({ chat_number: z.int32(), ...newMessage }).meta({ examples: [{ chat_number: 1, body: 'The printer is on fire.' }] }),
        response: { 202: MessageShape },
      },
    },
    async (request, reply) => {
      const { who, body } = request;
      const { channel } = await conversations.appChat(who, { application: who.application, number: body.chat_number });
      const { message } = await conversations.post(who, { channel: channel.id, body: body.body, key: body.key ?? request.idempotencyKey });
      return reply.code(202).send(messageShape(body.chat_number, message));
    },
  );

  app.get(
    '/applications/:id/chats/:number/messages',
    {
      schema: {
        tags,
        summary: 'Messages of a chat',
        description: 'By number, from the first; the cursor is the number.',
        params: chat,
        querystring: z.object({ first: paging.first, after: number.optional() }),
        response: { 200: listOf(MessageShape) },
      },
    },
    async (request, reply) => {
      const { who, params, query } = request;
      const { channel } = await conversations.appChat(who, { application: applicationId(who, params.id), number: params.number });
      const { messages, more } = await conversations.page(who, { channel: channel.id, after: query.after ?? 0, limit: query.first ?? 20 });
      const next = more.after ? String(messages.at(-1)?.number ?? 0) : null;
      if (next !== null) link(request, reply, { next: { after: next } });
      return { items: messages.map((message) => messageShape(params.number, message)), next };
    },
  );

  app.get(
    '/applications/:id/chats/:number/messages/search',
    {
      schema: {
        tags,
        summary: 'Search the messages of a chat',
        description: 'Words and beginnings of words, newest first.',
        params: chat,
        querystring: z.object({ q: text(), ...paging }),
        response: { 200: listOf(MessageShape) },
      },
    },
    async (request, reply) => {
      const { who, params } = request;
      const { q, ...page } = request.query;
      const { channel } = await conversations.appChat(who, { application: applicationId(who, params.id), number: params.number });
      const { items, next } = list(request, reply, await conversations.search(who, { channel: channel.id, q }, page));
      return { items: items.map((message) => messageShape(params.number, message)), next };
    },
  );
}
