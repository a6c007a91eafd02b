import { z } from 'zod';
import { PlazaError } from '../../../contracts/errors.ts';
import { limits } from '../../../contracts/wire.ts';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { list, listOf, paging } from './lists.ts';
import { Bookmark, Draft, id, nothing, text } from './schemas.ts';

const tags = ['Messages'];
const place = z.object({ place: id.describe('A channel; a community, for a new discussion there.') });

/** What is mine alone: bookmarks and drafts. */
export function personalRoutes(app: RestApp, { bookmarks, drafts }: Doors): void {
  app.get(
    '/me/bookmarks',
    {
      schema: {
        tags,
        summary: 'My bookmarks',
        description: 'The last made first; what I may not read any more is left out.',
        querystring: z.object(paging),
        response: { 200: listOf(Bookmark) },
      },
    },
    async (request, reply) => list(request, reply, await bookmarks.list(request.who, request.query)),
  );

  app.get(
    '/me/drafts',
    {
      schema: {
        tags,
        summary: 'My drafts',
        description: 'The last touched first.',
        querystring: z.object(paging),
        response: { 200: listOf(Draft) },
      },
    },
    async (request, reply) => list(request, reply, await drafts.list(request.who, request.query)),
  );

  app.get(
    '/me/drafts/:place',
    { schema: { tags, summary: 'My draft for a place', params: place, response: { 200: Draft } } },
    async (request) => {
      const draft = await drafts.get(request.who, request.params.place);
      if (draft === null) throw new PlazaError('not_found', 'There is no draft for this place.');
      return draft;
    },
  );

  app.put(
    '/me/drafts/:place',
    {
      schema: {
        tags,
        summary: 'Keep a draft',
        description: 'Whole each time; an empty one throws away what was there. Sending does not: save an empty one then.',
        params: place,
        body: z.object({
          title: text().optional().describe('Of a new discussion, up to 200 characters.'),
          body: text().describe(`Markdown, up to ${limits.bodyCharacters} characters.`),
          replyTo: z.int32().nullable().optional(),
        }),
        response: { 200: Draft },
      },
    },
    ({ who, params, body }) => drafts.save(who, { ...params, ...body }),
  );

  app.delete(
    '/me/drafts/:place',
    { schema: { tags, summary: 'Throw a draft away', params: place, response: { 204: nothing } } },
    async ({ who, params }, reply) => {
      await drafts.save(who, { ...params, body: '' });
      return reply.code(204).send();
    },
  );
}
