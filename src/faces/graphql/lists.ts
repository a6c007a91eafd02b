import { defaultPageSize, type Page, type PageRequest } from '../../kit/page.ts';
import { builder } from './builder.ts';

/** Arguments of a list that goes forward. */
export const forward = builder.args((t) => ({
  first: t.int({ description: 'How many at most: 1 to 100, 20 unless told.' }),
  after: t.string({ description: 'The cursor after which to go on.' }),
}));

type Forward = { first?: number | null | undefined; after?: string | null | undefined };

export function pageOf(args: Forward): PageRequest {
  return { first: args.first, after: args.after };
}

export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** A door's page as a Relay connection. */
export function connection<T>(page: Page<T>): Connection<T> {
  return connectionOf(page.items, { before: false, after: page.hasNext });
}

export function connectionOf<T>(edges: { cursor: string; node: T }[], more: { before: boolean; after: boolean }): Connection<T> {
  return {
    edges,
    pageInfo: {
      hasNextPage: more.after,
      hasPreviousPage: more.before,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The page with each item replaced; items that are no more (null) are left out. */
export async function mapPage<T, U>(page: Page<T>, to: (node: T) => U | null | Promise<U | null>): Promise<Page<U>> {
  const items = await Promise.all(page.items.map(async ({ node, cursor }) => ({ node: await to(node), cursor })));
  return { items: items.flatMap(({ node, cursor }) => (node === null ? [] : [{ node, cursor }])), hasNext: page.hasNext };
}

/**
 * What a list adds to an operation's cost: `each` for itself, and what is asked of an item as often as there may be
 * items. Lists that cannot be batched with their siblings count more.
 */
export function listCost(each = 2) {
  return (args: { first?: number | null | undefined; last?: number | null | undefined }) => ({
    field: each,
    multiplier: args.first ?? args.last ?? defaultPageSize,
  });
}
