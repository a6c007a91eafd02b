import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import { isId } from '../../kit/page.ts';
import type { RestApp } from './app.ts';
import { list, listOf, paging } from './lists.ts';
import { Profile, text } from './schemas.ts';

const tags = ['People'];

/** What others see. */
export function peopleRoutes(app: RestApp, { people }: Doors): void {
  app.get(
    '/people',
    {
      schema: {
        tags,
        summary: 'Search people',
        description: 'By part of a name or handle. With `ids` instead: these people, without those that are not there.',
        querystring: z.object({ q: text().optional(), ids: text().optional().describe('Up to 100 ids with commas.'), ...paging }),
        response: { 200: listOf(Profile) },
      },
    },
    async (request, reply) => {
      const { q, ids, ...page } = request.query;
      if (ids === undefined) return list(request, reply, await people.search(request.who, { q }, page));
      const found = await people.profiles(request.who, ids.split(',').filter(isId).slice(0, 100));
      return { items: found.filter((person) => person !== null), next: null };
    },
  );

  app.get(
    '/people/:person',
    {
      schema: {
        tags,
        summary: 'A profile',
        params: z.object({ person: text().describe('An id or a handle, with or without @.') }),
        response: { 200: Profile },
      },
    },
    ({ who, params: { person } }) => people.profile(who, isId(person) ? { id: person } : { handle: person }),
  );
}
