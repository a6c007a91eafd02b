import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import { moderationKinds } from '../../domains/moderation/index.ts';
import type { RestApp } from './app.ts';
import { community, communityId } from './communities.ts';
import { list, listOf, paging } from './lists.ts';
import { count, id, words } from './schemas.ts';

const ModerationAction = z
  .object({
    id,
    kind: z.enum(moderationKinds),
    by: id,
    person: id.nullable().describe('To whom; of a message its author.'),
    channel: id.nullable(),
    number: count.nullable().describe('The message, by its number in the channel.'),
    role: words.communityRole.nullable().describe('The role that was given.'),
    reason: z.string(),
    createdAt: z.string(),
  })
  .meta({ id: 'ModerationAction', description: 'Something that was done by those who keep order in a community, and why.' });

/** What was done by those who keep order. */
export function moderationRoutes(app: RestApp, doors: Doors): void {
  app.get(
    '/communities/:community/moderation-actions',
    {
      schema: {
        tags: ['Communities'],
        summary: 'What was done by those who keep order',
        description: 'Newest first; for them alone.',
        params: community,
        querystring: z.object(paging),
        response: { 200: listOf(ModerationAction) },
      },
    },
    async (request, reply) => {
      const of = await communityId(doors, request.who, request.params.community);
      return list(request, reply, await doors.moderation.actions(request.who, of, request.query));
    },
  );
}
