import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { list, listOf, paging } from './lists.ts';
import { Changed, id, Message, number, Profile, Reader, Revision, text } from './schemas.ts';

const tags = ['Messages'];
const message = z.object({ channel: id, number });
const Bookmarked = z.object({ message: Message, on: z.boolean() });
const reaction = message.extend({ emoji: text().describe('The emoji itself, percent-encoded.') });

/** What is put onto a message or known about it: reactions, pins, bookmarks, its history, its readers. */
export function markRoutes(app: RestApp, { conversations, reactions, bookmarks, people }: Doors): void {
  app.put(
    '/channels/:channel/messages/:number/reactions/:emoji',
    { schema: { tags, summary: 'React', params: reaction, response: { 200: Changed } } },
    ({ who, params }) => reactions.react(who, { ...params, on: true }),
  );

  app.delete(
    '/channels/:channel/messages/:number/reactions/:emoji',
    { schema: { tags, summary: 'Take a reaction back', params: reaction, response: { 200: Changed } } },
    ({ who, params }) => reactions.react(who, { ...params, on: false }),
  );

  app.get(
    '/channels/:channel/messages/:number/reactions/:emoji',
    {
      schema: {
        tags,
        summary: 'Who reacted with an emoji',
        params: reaction,
        querystring: z.object(paging),
        response: { 200: listOf(Profile) },
      },
    },
    async (request, reply) => {
      const { items, next } = list(request, reply, await reactions.people(request.who, request.params, request.query));
      const found = await people.profiles(request.who, items);
      return { items: found.filter((person) => person !== null), next };
    },
  );

  app.put(
    '/channels/:channel/messages/:number/pin',
    { schema: { tags, summary: 'Pin a message', params: message, response: { 200: Changed } } },
    ({ who, params }) => conversations.pin(who, { ...params, on: true }),
  );

  app.delete(
    '/channels/:channel/messages/:number/pin',
    { schema: { tags, summary: 'Unpin a message', params: message, response: { 200: Changed } } },
    ({ who, params }) => conversations.pin(who, { ...params, on: false }),
  );

  app.put(
    '/channels/:channel/messages/:number/bookmark',
    {
      schema: {
        tags,
        summary: 'Bookmark a message',
        description: 'To find it again at `/v1/me/bookmarks`. Nobody else learns of it.',
        params: message,
        response: { 200: Bookmarked },
      },
    },
    ({ who, params }) => bookmarks.bookmark(who, { ...params, on: true }),
  );

  app.delete(
    '/channels/:channel/messages/:number/bookmark',
    { schema: { tags, summary: 'Take a bookmark away', params: message, response: { 200: Bookmarked } } },
    ({ who, params }) => bookmarks.bookmark(who, { ...params, on: false }),
  );

  app.get(
    '/channels/:channel/pins',
    {
      schema: {
        tags,
        summary: 'Pinned messages',
        params: z.object({ channel: id }),
        querystring: z.object(paging),
        response: { 200: listOf(Message) },
      },
    },
    async (request, reply) => list(request, reply, await conversations.pins(request.who, request.params.channel, request.query)),
  );

  app.get(
    '/channels/:channel/messages/:number/revisions',
    {
      schema: {
        tags,
        summary: 'What a message said before',
        description: 'Oldest first.',
        params: message,
        response: { 200: listOf(Revision) },
      },
    },
    async ({ who, params }) => ({ items: await conversations.revisions(who, params), next: null }),
  );

  app.get(
    '/channels/:channel/messages/:number/readers',
    {
      schema: {
        tags,
        summary: 'Who has read up to this message',
        params: message,
        querystring: z.object(paging),
        response: { 200: listOf(Reader) },
      },
    },
    async (request, reply) => list(request, reply, await conversations.readers(request.who, request.params, request.query)),
  );
}
