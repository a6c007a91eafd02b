import { z } from 'zod';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Community } from '../../../contracts/nouns.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import { isId } from '../../kit/page.ts';
import type { RestApp } from './app.ts';
import { list, listOf, paging } from './lists.ts';
import { CommunityView, text, words } from './schemas.ts';

const tags = ['Communities'];
const details = {
  description: text().optional(),
  tags: z.array(text()).optional(),
  visibility: words.visibility.optional(),
  official: z.boolean().optional().describe('Everybody who signs up is a member. For admins.'),
};

const CommunityMay = z
  .object({
    change: z.boolean(),
    govern: z.boolean().describe('Give roles.'),
    invite: z.boolean(),
    moderate: z.boolean().describe('Remove and ban members.'),
    startDiscussion: z.boolean(),
    createChannel: z.boolean(),
    join: z.boolean().describe('False too for a member.'),
    audit: z.boolean().describe('See what was done by those who keep order.'),
  })
  .meta({ id: 'CommunityMay', description: 'What the caller may do in the community just now.' });

export const community = z.object({ community: text().describe('An id or a slug.') });

/** The id that an address means by an id or a slug. @throws not_found */
export async function communityId({ communities }: Doors, who: Who, idOrSlug: string): Promise<string> {
  return isId(idOrSlug) ? idOrSlug : (await communities.get(who, { slug: idOrSlug })).id;
}

/** Communities with what a list shows of each: how many members, and my role. */
export async function viewed({ communities }: Doors, who: Who, found: readonly Community[]): Promise<z.output<typeof CommunityView>[]> {
  const ids = found.map(({ id }) => id);
  const [counts, roles] = await Promise.all([communities.memberCounts(who, ids), communities.myRoles(who, ids)]);
  return found.map((one, i) => ({ ...one, members: counts[i] ?? 0, role: roles[i] ?? null }));
}

/** One community, as `viewed`. */
export async function viewedOne(doors: Doors, who: Who, found: Community): Promise<z.output<typeof CommunityView>> {
  const [view = { ...found, members: 0, role: null }] = await viewed(doors, who, [found]);
  return view;
}

/** Places with members, roles and settings. */
export function communityRoutes(app: RestApp, doors: Doors): void {
  const { communities } = doors;

  app.post(
    '/communities',
    {
      schema: {
        tags,
        summary: 'Make a community',
        body: z
          .object({ name: text(), slug: text().optional(), ...details })
          .meta({ examples: [{ name: 'Balcony gardens', description: 'Everything that grows in pots.', tags: ['gardening'] }] }),
        response: { 201: CommunityView },
      },
    },
    async (request, reply) => {
      const made = await communities.create(request.who, request.body);
      return reply
        .code(201)
        .header('location', `/v1/communities/${made.id}`)
        .send(await viewedOne(doors, request.who, made));
    },
  );

  app.get(
    '/communities',
    {
      schema: {
        tags,
        summary: 'Communities',
        querystring: z.object({
          q: text().optional().describe('Part of a name.'),
          tag: text().optional(),
          mine: z.stringbool().optional().describe('Only those I am a member of.'),
          ...paging,
        }),
        response: { 200: listOf(CommunityView) },
      },
    },
    async (request, reply) => {
      const { first, after, ...what } = request.query;
      const { items, next } = list(request, reply, await communities.list(request.who, what, { first, after }));
      return { items: await viewed(doors, request.who, items), next };
    },
  );

  app.get(
    '/communities/:community',
    { schema: { tags, summary: 'A community', params: community, response: { 200: CommunityView.extend({ may: CommunityMay }) } } },
    async (request) => {
      const { who, params } = request;
      const found = await communities.get(who, isId(params.community) ? { id: params.community } : { slug: params.community });
      const [view, [may]] = await Promise.all([viewedOne(doors, who, found), communities.may(who, [found.id])]);
      if (!may) throw new PlazaError('not_found');
      return { ...view, may };
    },
  );

  app.patch(
    '/communities/:community',
    {
      schema: {
        tags,
        summary: 'Change a community',
        params: community,
        body: z.object({ name: text().optional(), ...details }),
        response: { 200: CommunityView },
      },
    },
    async ({ who, params, body }) => {
      const changed = await communities.change(who, { ...body, community: await communityId(doors, who, params.community) });
      return viewedOne(doors, who, changed);
    },
  );
}
