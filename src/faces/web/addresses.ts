import type { Id } from '../../../contracts/nouns.ts';

/**
 * Where the page is served, as web/src/app/router.ts knows it: those that everybody gets alike, filled in by the
 * browser. The others, whose public content is in the answer, are in `routes.ts`.
 */
export const pageAddresses = [
  '/',
  '/sign-in',
  '/sign-up',
  '/forgot',
  '/first-admin',
  '/welcome',
  '/communities/new',
  '/c/:slug/members',
  '/c/:slug/about',
  '/c/:slug/settings',
  '/c/:slug/moderation',
  '/c/:slug/new',
  '/c/:slug/chat/:channel(^\\d+$)',
  '/c/:slug/chat/:channel(^\\d+$)/:number(^\\d+$)',
  '/messages',
  '/messages/new',
  '/messages/:channel(^\\d+$)',
  '/messages/:channel(^\\d+$)/:number(^\\d+$)',
  '/p/:handle',
  '/bookmarks',
  '/you',
  '/you/devices',
  '/you/password',
  '/you/appearance',
  '/go/:channel(^\\d+$)',
  '/go/:channel(^\\d+$)/:number(^\\d+$)',
];

export const communityAddress = (slug: string) => `/c/${encodeURIComponent(slug)}`;

export const personAddress = (handle: string) => `/p/${encodeURIComponent(handle)}`;

/** Of a discussion, or of one comment in it. */
export function discussionAddress(slug: string, channel: Id, number?: number): string {
  return `${communityAddress(slug)}/d/${channel}${number === undefined ? '' : `/${number}`}`;
}
