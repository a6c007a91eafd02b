import { z } from 'zod';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { community, communityId } from './communities.ts';
import { list, listOf, paging } from './lists.ts';
import { because, Channel, ChannelMember, ChannelView, id, MyChannel, nothing, text, words } from './schemas.ts';

const tags = ['Channels'];
const channel = z.object({ channel: id });
const ChannelMay = z
  .object({
    post: z.boolean(),
    react: z.boolean(),
    pin: z.boolean(),
    change: z.boolean(),
    govern: z.boolean().describe('Archive it, change who sees it and who posts.'),
    deleteOthers: z.boolean().describe('What others wrote.'),
    mentionEveryone: z.boolean(),
    accept: z.boolean().describe('Say which comment answers the discussion.'),
  })
  .meta({ id: 'ChannelMay', description: 'What the caller may do in the channel just now.' });
const member = channel.extend({ person: z.union([z.literal('me'), id]) });

/** Channels of every kind: finding, making and changing them, and who belongs to them. */
export function channelRoutes(app: RestApp, doors: Doors): void {
  const { conversations } = doors;

  app.get(
    '/channels',
    {
      schema: {
        tags,
        summary: 'My channels',
        description:
          'Direct and group channels, private ones I am in, and the public chats of my communities. Unread is `number` − `read`.',
        response: { 200: listOf(MyChannel) },
      },
    },
    async ({ who }) => ({ items: await conversations.mine(who), next: null }),
  );

  app.get(
    '/channels/:channel',
    { schema: { tags, summary: 'A channel', params: channel, response: { 200: ChannelView.extend({ may: ChannelMay }) } } },
    async ({ who, params }) => {
      const found = await conversations.channel(who, params.channel);
      const [[head], [read = 0], [mentions = 0], [may]] = await Promise.all([
        conversations.heads([found.id]),
        conversations.reads(who, [found.id]),
        conversations.unreadMentions(who, [found.id]),
        conversations.may(who, [found.id]),
      ]);
      if (!may) throw new PlazaError('not_found');
      return { channel: found, number: head?.number ?? 0, version: head?.version ?? 0, read, mentions, may };
    },
  );

  app.patch(
    '/channels/:channel',
    {
      schema: {
        tags,
        summary: 'Change a channel',
        params: channel,
        body: z.object({
          name: text().optional(),
          topic: text().optional(),
          photo: text().nullable().optional(),
          tags: z.array(text()).optional(),
          visibility: words.visibility.optional(),
          posting: words.posting.optional(),
          archived: z.boolean().optional(),
          ...because,
        }),
        response: { 200: Channel },
      },
    },
    ({ who, params, body }) => conversations.change(who, { ...body, channel: params.channel }),
  );

  app.post(
    '/communities/:community/channels',
    {
      schema: {
        tags,
        summary: 'Make a chat in a community',
        params: community,
        body: z
          .object({ name: text(), topic: text().optional(), visibility: words.visibility.optional(), posting: words.posting.optional() })
          .meta({ examples: [{ name: 'seed-swap', topic: 'Who has too many, who wants some' }] }),
        response: { 201: Channel },
      },
    },
    async ({ who, params, body }, reply) => {
      const made = await conversations.createChannel(who, { ...body, community: await communityId(doors, who, params.community) });
      return reply.code(201).header('location', `/v1/channels/${made.id}`).send(made);
    },
  );

  app.get(
    '/communities/:community/channels',
    {
      schema: {
        tags,
        summary: 'Chats of a community',
        params: community,
        querystring: z.object(paging),
        response: { 200: listOf(Channel) },
      },
    },
    async (request, reply) => {
      const of = await communityId(doors, request.who, request.params.community);
      return list(request, reply, await conversations.communityChats(request.who, of, request.query));
    },
  );

  app.post(
    '/groups',
    {
      schema: {
        tags,
        summary: 'Make a group',
        body: z.object({ name: text().optional(), people: z.array(id) }),
        response: { 201: Channel },
      },
    },
    async ({ who, body }, reply) => {
      const made = await conversations.createGroup(who, body);
      return reply.code(201).header('location', `/v1/channels/${made.id}`).send(made);
    },
  );

  app.post(
    '/directs',
    {
      schema: {
        tags,
        summary: 'Open the direct channel with a person',
        description: 'There is one for any two people, whoever opens it; it is made if need be.',
        body: z.object({ person: id }),
        response: { 200: Channel },
      },
    },
    ({ who, body }) => conversations.openDirect(who, body),
  );

  app.get(
    '/channels/:channel/members',
    {
      schema: {
        tags,
        summary: 'Members of a channel',
        params: channel,
        querystring: z.object(paging),
        response: { 200: listOf(ChannelMember) },
      },
    },
    async (request, reply) => list(request, reply, await conversations.members(request.who, request.params.channel, request.query)),
  );

  app.put(
    '/channels/:channel/members/:person',
    {
      schema: {
        tags,
        summary: 'Add a person to a channel',
        params: member.extend({ person: id }),
        body: z.object({ role: words.communityRole.optional() }).optional(),
        response: { 204: nothing },
      },
    },
    async ({ who, params, body }, reply) => {
      await conversations.addMember(who, { ...params, role: body?.role });
      return reply.code(204).send();
    },
  );

  app.delete(
    '/channels/:channel/members/:person',
    {
      schema: {
        tags,
        summary: 'Remove a person, or `me`, from a channel',
        params: member,
        querystring: z.object(because),
        response: { 204: nothing },
      },
    },
    async ({ who, params, query }, reply) => {
      const person = params.person === 'me' ? (who.person?.id ?? '') : params.person;
      await conversations.removeMember(who, { channel: params.channel, person, reason: query.reason });
      return reply.code(204).send();
    },
  );
}
