import { z } from 'zod';
import type { Doors } from '../../domains/doors.ts';
import type { RestApp } from './app.ts';
import { community, communityId, viewedOne } from './communities.ts';
import { list, listOf, paging } from './lists.ts';
import { Ban, because, CommunityMember, CommunityView, Invitation, id, nothing, text, words } from './schemas.ts';

const tags = ['Communities'];
const person = community.extend({ person: id });

/** Who belongs to a community: joining, leaving, inviting, roles, bans. */
export function membershipRoutes(app: RestApp, doors: Doors): void {
  const { communities } = doors;

  app.get(
    '/communities/:community/members',
    {
      schema: {
        tags,
        summary: 'Members',
        params: community,
        querystring: z.object({ q: text().optional().describe('Part of a name or handle.'), ...paging }),
        response: { 200: listOf(CommunityMember) },
      },
    },
    async (request, reply) => {
      const of = await communityId(doors, request.who, request.params.community);
      return list(request, reply, await communities.members(request.who, { community: of, q: request.query.q }, request.query));
    },
  );

  app.put(
    '/communities/:community/members/me',
    { schema: { tags, summary: 'Join', params: community, response: { 200: CommunityView } } },
    async ({ who, params }) =>
      viewedOne(doors, who, await communities.join(who, { community: await communityId(doors, who, params.community) })),
  );

  app.delete(
    '/communities/:community/members/me',
    { schema: { tags, summary: 'Leave', params: community, response: { 204: nothing } } },
    async (request, reply) => {
      await communities.leave(request.who, { community: await communityId(doors, request.who, request.params.community) });
      return reply.code(204).send();
    },
  );

  app.patch(
    '/communities/:community/members/:person',
    {
      schema: {
        tags,
        summary: 'Give a member a role',
        params: person,
        body: z.object({ role: words.communityRole, ...because }),
        response: { 204: nothing },
      },
    },
    async ({ who, params, body }, reply) => {
      await communities.setRole(who, {
        community: await communityId(doors, who, params.community),
        person: params.person,
        role: body.role,
        reason: body.reason,
      });
      return reply.code(204).send();
    },
  );

  app.delete(
    '/communities/:community/members/:person',
    {
      schema: {
        tags,
        summary: 'Remove a member',
        description: 'Who was removed may join again; ban to prevent it.',
        params: person,
        querystring: z.object(because),
        response: { 204: nothing },
      },
    },
    async ({ who, params, query }, reply) => {
      await communities.kick(who, { ...query, community: await communityId(doors, who, params.community), person: params.person });
      return reply.code(204).send();
    },
  );

  app.get(
    '/communities/:community/bans',
    {
      schema: {
        tags,
        summary: 'Who is banned',
        description: 'The newest first; for those who keep order.',
        params: community,
        querystring: z.object(paging),
        response: { 200: listOf(Ban) },
      },
    },
    async (request, reply) => {
      const of = await communityId(doors, request.who, request.params.community);
      return list(request, reply, await communities.bans(request.who, of, request.query));
    },
  );

  app.put(
    '/communities/:community/bans/:person',
    {
      schema: {
        tags,
        summary: 'Ban a person',
        params: person,
        body: z.object({ ...because, until: text().optional().describe('ISO 8601; for ever without it.') }).optional(),
        response: { 204: nothing },
      },
    },
    async ({ who, params, body }, reply) => {
      await communities.ban(who, { ...body, community: await communityId(doors, who, params.community), person: params.person });
      return reply.code(204).send();
    },
  );

  app.delete(
    '/communities/:community/bans/:person',
    { schema: { tags, summary: 'Lift a ban', params: person, querystring: z.object(because), response: { 204: nothing } } },
    async ({ who, params, query }, reply) => {
      await communities.unban(who, { ...query, community: await communityId(doors, who, params.community), person: params.person });
      return reply.code(204).send();
    },
  );

  app.put(
    '/communities/:community/invitations/:person',
    { schema: { tags, summary: 'Invite a person', params: person, response: { 204: nothing } } },
    async ({ who, params }, reply) => {
      await communities.invite(who, { community: await communityId(doors, who, params.community), person: params.person });
      return reply.code(204).send();
    },
  );

  app.get(
    '/invitations',
    { schema: { tags, summary: 'My invitations', querystring: z.object(paging), response: { 200: listOf(Invitation) } } },
    async (request, reply) => list(request, reply, await communities.invitations(request.who, request.query)),
  );

  app.post(
    '/invitations/:community/accept',
    { schema: { tags, summary: 'Accept an invitation', params: z.object({ community: id }), response: { 200: CommunityView } } },
    async ({ who, params }) => viewedOne(doors, who, await communities.accept(who, params)),
  );

  app.delete(
    '/invitations/:community',
    { schema: { tags, summary: 'Decline an invitation', params: z.object({ community: id }), response: { 204: nothing } } },
    async ({ who, params }, reply) => {
      await communities.decline(who, params);
      return reply.code(204).send();
    },
  );
}
