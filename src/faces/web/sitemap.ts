import { LRUCache } from 'lru-cache';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Conversations } from '../../domains/conversations/index.ts';
import type { Who } from '../../domains/policy/index.ts';
import { communityAddress, discussionAddress } from './addresses.ts';
import { markup } from './markup.ts';

/** Discussions in one file. */
const most = 10_000;
/** Milliseconds for which a list is good: it takes the database a while. */
const freshness = 10 * 60_000;

const namespace = 'http://www.sitemaps.org/schemas/sitemap/0.9';

/** Lists every public discussion, and the communities they are in, for those who visit all pages. */
export function createSitemap(conversations: Conversations, who: Who, publicUrl: string, length = most) {
  const marks = new LRUCache<'all', Id[]>({ max: 1, ttl: freshness, fetchMethod: () => conversations.publicMarks(who, length) });
  const lists = new LRUCache<Id, string>({ max: 20, ttl: freshness, fetchMethod: async (after) => list(after) });
  /** The ids after which the files begin. */
  const starts = async () => ['0', ...((await marks.fetch('all')) ?? [])];

  async function list(after: Id): Promise<string> {
    const found = await conversations.publicDiscussions(who, { after, limit: length });
    const communities = [...new Set(found.map(({ slug }) => slug))];
    return markup`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="${namespace}">
${after === '0' && markup`<url><loc>${publicUrl}/communities</loc></url>\n`}${communities.map(
  (slug) => markup`<url><loc>${publicUrl}${communityAddress(slug)}</loc></url>\n`,
)}${found.map(
  ({ slug, id, activeAt }) => markup`<url><loc>${publicUrl}${discussionAddress(slug, id)}</loc><lastmod>${activeAt}</lastmod></url>\n`,
)}</urlset>
`.markup;
  }

  return {
    /** The list, or where there are many the list of lists. */
    async all(): Promise<string> {
      const files = await starts();
      if (files.length === 1) return (await lists.fetch('0')) ?? '';
      return markup`<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="${namespace}">
${files.map((after) => markup`<sitemap><loc>${publicUrl}/sitemap/${after}.xml</loc></sitemap>\n`)}</sitemapindex>
`.markup;
    },
    /** @throws not_found */
    async part(after: Id): Promise<string> {
      if (!(await starts()).includes(after)) throw new PlazaError('not_found');
      return (await lists.fetch(after)) ?? '';
    },
  };
}

/** Tells visiting programs where the list is and what is of no use to them. */
export function robots(publicUrl: string): string {
  const useless = ['/go/', '/you', '/messages', '/bookmarks', '/sign-in', '/sign-up', '/forgot', '/first-admin', '/welcome'];
  return `User-agent: *\n${useless.map((path) => `Disallow: ${path}\n`).join('')}\nSitemap: ${publicUrl}/sitemap.xml\n`;
}
