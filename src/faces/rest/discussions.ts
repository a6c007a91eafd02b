import { z } from 'zod';
import type { Discussion as Found } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import { isId } from '../../kit/page.ts';
import type { RestApp } from './app.ts';
import { community, communityId } from './communities.ts';
import { list, listOf, paging } from './lists.ts';
import { Channel, Discussion, id, Message, text } from './schemas.ts';

const tags = ['Discussions'];
const channel = z.object({ channel: id });

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
    '/communities/:community/discussion-tags',
    {
      schema: {
        tags,
        summary: 'The tags most used by discussions',
        description: 'Thirty at most, of the latest discussions; most used first.',
        params: community,
        response: { 200: z.object({ items: z.array(z.string()) }) },
      },
    },
    async ({ who, params }) => {
      const of = await doors.communities.get(who, isId(params.community) ? { id: params.community } : { slug: params.community });
      const [items = []] = await conversations.discussionTags(who, [of.id]);
      return { items };
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
      const { items, next } = list(
        request,
        reply,
        await conversations.discussions(request.who, { community: of, sort, tag, author }, page),
      );
      return { items: await withExcerpts(doors, request.who, items), next };
    },
  );

  app.post(
    '/channels/:channel/discussions',
    {
      schema: {
        tags,
        summary: 'Make a discussion of messages of a chat',
        description:
          'The opening message is mine; then each message follows as a comment of its author and time. Both link to each other. From what is not public only my own messages can be taken.',
        params: channel,
        body: z
          .object({
            numbers: z.array(z.int32()).describe('Numbers of the messages, up to 100.'),
            community: id,
            title: text(),
            body: text().optional().describe('Markdown; unless told, a sentence that says where it began.'),
            tags: z.array(text()).optional(),
            key: text().optional(),
          })
          .meta({ examples: [{ numbers: [1], community: '104398046511104', title: 'Which tomato for a windy balcony?' }] }),
        response: { 201: z.object({ channel: Channel, message: Message }) },
      },
    },
    async (request, reply) => {
      const { who, params, body } = request;
      const made = await conversations.makeDiscussion(who, { ...body, ...params, key: body.key ?? request.idempotencyKey });
      return reply.code(201).header('location', `/v1/channels/${made.channel.id}`).send(made);
    },
  );

  app.put(
    '/channels/:channel/accepted',
    {
      schema: {
        tags,
        summary: 'Accept a comment as the answer',
        description: 'For who started the discussion, and for moderators. Null takes it back.',
        params: channel,
        body: z.object({ number: z.int32().nullable() }),
        response: { 200: Channel },
      },
    },
    ({ who, params, body }) => conversations.acceptAnswer(who, { ...params, ...body }),
  );
}

/** Discussions with the beginnings of their opening messages, in as many queries as for one. */
export async function withExcerpts<T extends Found>(
  { conversations }: Doors,
  who: Who,
  items: readonly T[],
): Promise<(T & { excerpt: string })[]> {
  const openings = await conversations.messages(
    who,
    items.map((item) => ({ channel: item.channel.id, number: 1 })),
  );
  return items.map((item, i) => ({ ...item, excerpt: conversations.excerpt(openings[i]?.body ?? '') }));
}
