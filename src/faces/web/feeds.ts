import type { Id } from '../../../contracts/nouns.ts';
import { communityAddress, discussionAddress } from './addresses.ts';
import type { CommunityView, DiscussionView, People } from './guestView.ts';
import { escaped, type Markup, markup } from './markup.ts';
import { nameOf, type Rendering } from './rendering.ts';
import type { Words } from './words.ts';

/** The latest discussions of a community, as RSS 2.0. */
export function communityFeed({ community, discussions, excerpts, people }: CommunityView, rendering: Rendering): string {
  const items = discussions.items.map(({ node }, i) => ({
    title: node.channel.name ?? '',
    address: discussionAddress(community.slug, node.channel.id),
    author: node.channel.createdBy,
    at: node.channel.createdAt,
    description: excerpts[i] ?? '',
  }));
  return feed({
    title: community.name,
    description: community.description,
    address: communityAddress(community.slug),
    items,
    people,
    rendering,
  });
}

/** The latest comments of a discussion, newest first, and what it began with while that is among them. */
export function discussionFeed(
  { community, channel, opening, comments, last, people, html }: DiscussionView,
  rendering: Rendering,
): string {
  const title = channel.name ?? '';
  const items = [...(last - comments.length <= 1 ? [opening] : []), ...comments]
    .filter(({ body }) => body !== null)
    .toReversed()
    .map(({ number, author, body, createdAt }) => ({
      title: number === 1 ? title : `${nameOf(people, author, rendering.words)}: ${rendering.excerpt(body ?? '')}`,
      address: discussionAddress(community.slug, channel.id, number === 1 ? undefined : number),
      author,
      at: createdAt,
      description: forElsewhere(html.get(number) ?? '', rendering.publicUrl),
    }));
  const description = rendering.excerpt(opening.body ?? '');
  return feed({ title, description, address: discussionAddress(community.slug, channel.id), items, people, rendering });
}

/** A feed is read elsewhere: addresses of this place get its name. */
function forElsewhere(html: string, publicUrl: string): string {
  return html.replace(/(<a\b[^>]* href=")(?=\/(?!\/))/g, (start) => start + escaped(publicUrl));
}

interface Item {
  title: string;
  address: string;
  author: Id | null;
  at: string;
  /** Text, or HTML: it is escaped once more, as RSS wants it. */
  description: string;
}

function feed({
  title,
  description,
  address,
  items,
  people,
  rendering: { publicUrl, words },
}: {
  title: string;
  description: string;
  address: string;
  items: readonly Item[];
  people: People;
  rendering: Rendering;
}): string {
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${title}</title>
<link>${publicUrl}${address}</link>
<description>${description}</description>
<atom:link href="${publicUrl}${address}/feed.xml" rel="self" type="application/rss+xml"/>
${items.map((item) => asItem(item, people, publicUrl, words))}</channel>
</rss>
`.markup;
}

function asItem({ title, address, author, at, description }: Item, people: People, publicUrl: string, words: Words): Markup {
  return markup`<item>
<title>${title}</title>
<link>${publicUrl}${address}</link>
<guid>${publicUrl}${address}</guid>
<dc:creator>${nameOf(people, author, words)}</dc:creator>
<pubDate>${new Date(at).toUTCString()}</pubDate>
<description>${description}</description>
</item>
`;
}
