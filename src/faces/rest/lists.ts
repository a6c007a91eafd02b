import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { largestPage, type Page } from '../../kit/page.ts';
import { text } from './schemas.ts';

/** What every list takes: how many at most, and the cursor after which to go on. */
export const paging = {
  first: z.coerce.number().int().optional().describe(`How many at most, 1 to ${largestPage}; 20 unless told.`),
  after: text().optional().describe('The `next` of the page before.'),
};

export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

/** A page as lists are answered, with the address of the next one in `Link`. */
export function list<T>(request: FastifyRequest, reply: FastifyReply, page: Page<T>): { items: T[]; next: string | null } {
  const next = page.hasNext ? (page.items.at(-1)?.cursor ?? null) : null;
  if (next !== null) link(request, reply, { next: { after: next } });
  return { items: page.items.map(({ node }) => node), next };
}

/** Sets `Link`: the same address with these parts of the query in place of `first page` ones. */
export function link(request: FastifyRequest, reply: FastifyReply, relations: Record<string, Record<string, string>>): void {
  const [path, query] = request.url.split('?', 2);
  const rest = new URLSearchParams(query);
  for (const name of ['after', 'before', 'around']) rest.delete(name);
  const links = Object.entries(relations).map(
    ([relation, change]) => `<${path}?${new URLSearchParams([...rest, ...Object.entries(change)])}>; rel="${relation}"`,
  );
  if (links.length > 0) reply.header('link', links.join(', '));
}
