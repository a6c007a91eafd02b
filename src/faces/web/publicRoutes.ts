import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errors, PlazaError } from '../../../contracts/errors.ts';
import type { Doors } from '../../domains/doors.ts';
import { guest, type Who } from '../../domains/policy/index.ts';
import { foreseen } from '../http/problem.ts';
import type { Limits } from '../limits.ts';
import { discussionPage } from './discussionPage.ts';
import type { Document, Filling } from './document.ts';
import { communityFeed, discussionFeed } from './feeds.ts';
import { createGuestView, type GuestView } from './guestView.ts';
import { communityPage, directoryPage } from './listPages.ts';
import type { Rendering } from './rendering.ts';
import { sendPage, sendText } from './send.ts';
import { createSitemap, robots } from './sitemap.ts';
import { wordsFor } from './words.ts';

interface Place {
  Params: { slug: string; channel: string; number: string; after: string };
  Querystring: { after?: string | string[] };
}
type Asked = FastifyRequest<Place>;

/** May be kept by anybody who asks each time whether it still holds: access may end at any time. */
const checked = 'public, max-age=0, must-revalidate';
const hidden = { schema: { hide: true } };

/**
 * What is public, for those who read without the page's script: search engines, feed readers, previews, and everybody
 * before the script runs. It costs the database something, so it is counted, by address and apart from the API.
 */
export function publicRoutes(
  app: FastifyInstance,
  { doors, document, publicUrl, limits }: { doors: Doors; document: Document; publicUrl: string; limits: Limits },
): void {
  const { excerpt } = doors.conversations;
  const sitemap = createSitemap(doors.conversations, guest(''), publicUrl);

  page('/communities', async (view, rendering, { query }) => directoryPage(await view.communities(cursorOf(query)), rendering));
  page('/c/:slug', async (view, rendering, { params, query }) =>
    communityPage(await view.community(params.slug, cursorOf(query)), rendering),
  );
  for (const place of ['/c/:slug/d/:channel(^\\d+$)', '/c/:slug/d/:channel(^\\d+$)/:number(^\\d+$)']) {
    page(place, async (view, rendering, { params }) => {
      const number = Number(params.number ?? '1');
      return discussionPage(await view.discussion(params.slug, params.channel, number), number, rendering);
    });
  }

  const rss = 'application/rss+xml; charset=utf-8';
  text('/c/:slug/feed.xml', rss, async (view, rendering, { params }) =>
    communityFeed(await view.community(params.slug, undefined), rendering),
  );
  text('/c/:slug/d/:channel(^\\d+$)/feed.xml', rss, async (view, rendering, { params }) =>
    discussionFeed(await view.latest(params.slug, params.channel), rendering),
  );
  const xml = 'application/xml; charset=utf-8';
  text('/sitemap.xml', xml, () => sitemap.all());
  text('/sitemap/:after(^\\d+).xml', xml, (_view, _rendering, { params }) => sitemap.part(params.after));
  app.get('/robots.txt', hidden, (request, reply) => sendText(request, reply, 'text/plain; charset=utf-8', robots(publicUrl)));

  /** In the reader's language, which caches shall tell apart. */
  async function renderingFor(who: Who, { headers }: Asked): Promise<Rendering> {
    return { place: (await doors.applications.place(who)).name, publicUrl, excerpt, words: wordsFor(headers['accept-language']) };
  }

  /**
   * The page with this in it. Without it for those who ask too often; with status 404 where a guest finds nothing, be
   * there something for others or not: the page then shows what the signed-in may see.
   */
  function page(address: string, fill: (view: GuestView, rendering: Rendering, request: Asked) => Promise<Filling>): void {
    app.get<Place>(address, hidden, async (request, reply) => {
      const who = guest(request.ip);
      reply.header('vary', 'Origin, Accept-Language');
      if (!document.takesContent || !limits.take(who).allowed) return sendPage(request, reply, document, null);
      try {
        const filling = await fill(createGuestView(doors, who), await renderingFor(who, request), request);
        return await sendPage(request, reply.header('cache-control', checked), document, filling);
      } catch (error) {
        const refusal = foreseen(error);
        if (refusal === null) throw error;
        return await sendPage(request, withStatus(reply, refusal), document, null);
      }
    });
  }

  function text(address: string, type: string, write: (view: GuestView, rendering: Rendering, request: Asked) => Promise<string>): void {
    app.get<Place>(address, hidden, async (request, reply) => {
      const who = guest(request.ip);
      const { allowed, retryAfter } = limits.take(who);
      if (!allowed) throw new PlazaError('too_many_requests', undefined, { retryAfter });
      reply.header('vary', 'Origin, Accept-Language');
      const written = await write(createGuestView(doors, who), await renderingFor(who, request), request);
      return sendText(request, reply.header('cache-control', checked), type, written);
    });
  }
}

function withStatus(reply: FastifyReply, refusal: PlazaError): FastifyReply {
  const { retryable, http } = errors[refusal.code];
  return retryable ? reply.code(http).header('cache-control', 'no-store').header('retry-after', '1') : reply.code(404);
}

function cursorOf({ after }: Place['Querystring']): string | undefined {
  return typeof after === 'string' && after !== '' ? after : undefined;
}
