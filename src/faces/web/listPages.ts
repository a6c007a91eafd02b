import type { Community } from '../../../contracts/nouns.ts';
import type { Page } from '../../kit/page.ts';
import { communityAddress, discussionAddress } from './addresses.ts';
import type { Filling } from './document.ts';
import type { CommunityView } from './guestView.ts';
import { markup } from './markup.ts';
import { describe, frame, nameOf, type Rendering, time } from './rendering.ts';

/** A public community: what it is and its latest discussions. */
export function communityPage({ community, discussions, excerpts, people }: CommunityView, rendering: Rendering): Filling {
  const { slug, name } = community;
  const { words } = rendering;
  const { t } = words;
  const address = communityAddress(slug);
  const description = rendering.excerpt(community.description) || name;
  const next = nextPage(address, discussions);
  return {
    language: words.language,
    title: `${name} · ${rendering.place}`,
    head: markup`${describe({ title: name, description, canonical: rendering.publicUrl + address, type: 'website', rendering })}
<link data-rendered rel="alternate" type="application/rss+xml" title="${name}" href="${rendering.publicUrl}${address}/feed.xml">
${next !== null && markup`<link data-rendered rel="next" href="${next}">`}`,
    body: frame(
      rendering,
      markup`<a href="/communities">${t('communities')}</a>`,
      markup`<h1 dir="auto">${name}</h1>
<p class="lead" dir="auto">${community.description}</p>
<ul class="list">
${discussions.items.map(
  (
    { node: { channel, comments, activeAt } },
    i,
  ) => markup`<li><a href="${discussionAddress(slug, channel.id)}" dir="auto">${channel.name}</a>
<p dir="auto">${excerpts[i] ?? ''}</p>
<p class="facts">${nameOf(people, channel.createdBy, words)} · ${t('comments', { count: comments })} · ${time(activeAt, words)}</p></li>
`,
)}</ul>
${next !== null && markup`<p><a rel="next" href="${next}">${t('earlierDiscussions')}</a></p>`}`,
    ),
  };
}

/** The public communities. */
export function directoryPage(communities: Page<Community>, rendering: Rendering): Filling {
  const address = '/communities';
  const next = nextPage(address, communities);
  const { language, t } = rendering.words;
  const title = t('communities');
  const description = t('communitiesText');
  return {
    language,
    title: `${title} · ${rendering.place}`,
    head: markup`${describe({ title, description, canonical: rendering.publicUrl + address, type: 'website', rendering })}
${next !== null && markup`<link data-rendered rel="next" href="${next}">`}`,
    body: frame(
      rendering,
      null,
      markup`<h1>${title}</h1>
<ul class="list">
${communities.items.map(
  ({ node }) => markup`<li><a href="${communityAddress(node.slug)}" dir="auto">${node.name}</a>
<p dir="auto">${rendering.excerpt(node.description)}</p></li>
`,
)}</ul>
${next !== null && markup`<p><a rel="next" href="${next}">${t('moreCommunities')}</a></p>`}`,
    ),
  };
}

function nextPage(address: string, { items, hasNext }: Page<unknown>): string | null {
  const last = items.at(-1);
  return hasNext && last ? `${address}?after=${last.cursor}` : null;
}
