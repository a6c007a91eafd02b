import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { community, communityId } from './communities.ts';
import { list, listOf, paging } from './lists.ts';
import { Channel, Discussion, id, Message, text } from './schemas.ts';

const tags = ['Discussions'];

/** Discussions of a community. Their comments are messages of the channel. */
export function discussionRoutes(app: RestApp, doors: Doors): void {
  const { conversations } = doors;

  app.post(
    '/communities/:community/discussions',
    {
      schema: {
        tags,
        summary: 'Start a discussion',
        description: 'Comments are messages: POST /v1/channels/{channel}/messages.',
        params: community,
        body: z
          .object({ title: text(), body: text(), tags: z.array(text()).optional(), key: text().optional() })
          .meta({ examples: [{ title: 'Which tomato for a windy balcony?', body: 'Fourth floor, facing west.', tags: ['tomatoes'] }] }),
        response: { 201: z.object({ channel: Channel, message: Message }) },
      },
    },
    async (request, reply) => {
      const { who, params, body } = request;
      const of = await communityId(doors, who, params.community);
      const started = await conversations.createDiscussion(who, { ...body, key: body.key ?? request.idempotencyKey, community: of });
      return reply.code(201).header('location', `/v1/channels/${started.channel.id}`).send(started);
    },
  );

  app.get(
    '/communities/:community/discussions',
    {
      schema: {
        tags,
        summary: 'Discussions',
        params: community,
        querystring: z.object({
          sort: z.enum(['latest', 'popular', 'unanswered']).optional(),
          tag: text().optional(),
          author: id.optional(),
          ...paging,
        }),
        response: { 200: listOf(Discussion) },
      },
    },
    async (request, reply) => {
      const { sort = 'latest', tag, author, ...page } = request.query;
      const of = await communityId(doors, request.who, request.params.community);
      return list(request, reply, await conversations.discussions(request.who, { community: of, sort, tag, author }, page));
    },
  );
}
