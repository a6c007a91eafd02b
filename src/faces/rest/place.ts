import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { withExcerpts } from './discussions.ts';
import { list, listOf, paging } from './lists.ts';
import { Discussion, id } from './schemas.ts';

const Place = z
  .object({
    id: id.describe("The application's."),
    name: z.string(),
    adminWanted: z.boolean().describe('Nobody runs it yet: whoever has the first-admin link may.'),
    mayCreateCommunity: z.boolean(),
  })
  .meta({ id: 'Place', description: 'Where the caller is, as anybody may see it.' });

/** The place as a whole: what it is, what is new in it, what is spoken of. */
export function placeRoutes(app: RestApp, doors: Doors): void {
  const { applications, communities, conversations } = doors;
  app.get('/place', { schema: { tags: ['Applications'], summary: 'Where I am', security: [], response: { 200: Place } } }, ({ who }) =>
    applications.place(who),
  );

  app.get(
    '/news',
    {
      schema: {
        tags: ['Discussions'],
        summary: 'The latest discussions of all of my communities',
        description: 'Latest activity first; for a guest, of the public communities.',
        querystring: z.object(paging),
        response: { 200: listOf(Discussion) },
      },
    },
    async (request, reply) => {
      const { items, next } = list(request, reply, await conversations.news(request.who, request.query));
      return { items: await withExcerpts(doors, request.who, items), next };
    },
  );

  app.get(
    '/tags',
    {
      schema: {
        tags: ['Communities'],
        summary: 'The tags most used by communities',
        description: 'Of those that I may see; most used first.',
        querystring: z.object({ first: paging.first }),
        response: { 200: z.object({ items: z.array(z.string()) }) },
      },
    },
    async ({ who, query }) => ({ items: await communities.tags(who, query.first) }),
  );
}
