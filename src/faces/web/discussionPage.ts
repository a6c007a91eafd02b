import type { Message } from '../../../contracts/nouns.ts';
import { communityAddress, discussionAddress } from './addresses.ts';
import type { Filling } from './document.ts';
import { commentsOnPage, type DiscussionView, firstOnPage } from './guestView.ts';
import { linkedData } from './linkedData.ts';
import { type Markup, markup, trusted } from './markup.ts';
import { describe, frame, nameOf, type Rendering, time } from './rendering.ts';
import type { Words } from './words.ts';

/** A public discussion, with the comments that stand on one page together with the one of this number. */
export function discussionPage(view: DiscussionView, number: number, rendering: Rendering): Filling {
  const { community, channel, opening, comments, last } = view;
  const { language, t } = rendering.words;
  const first = firstOnPage(number);
  const place = (at?: number) => discussionAddress(community.slug, channel.id, at);
  const before = first > 2 ? place(first - commentsOnPage === 2 ? undefined : first - commentsOnPage) : null;
  const after = first + commentsOnPage <= last ? place(first + commentsOnPage) : null;
  const canonical = rendering.publicUrl + place(first === 2 ? undefined : first);
  const title = channel.name ?? '';
  const description = rendering.excerpt(opening.body ?? '');
  const message = (each: Message, level: string) => messageArticle(each, level, view, rendering.words);
  return {
    language,
    title: `${title} · ${rendering.place}`,
    head: markup`${describe({ title, description, canonical, type: 'article', rendering })}
<link data-rendered rel="alternate" type="application/rss+xml" title="${title}" href="${rendering.publicUrl}${place()}/feed.xml">
${before !== null && markup`<link data-rendered rel="prev" href="${before}">`}${after !== null && markup`<link data-rendered rel="next" href="${after}">`}
<script data-rendered type="application/ld+json">${linkedData(view, canonical, rendering)}</script>`,
    body: frame(
      rendering,
      markup`<a href="${communityAddress(community.slug)}" dir="auto">${community.name}</a>`,
      markup`<h1 dir="auto">${title}</h1>
${channel.tags.length > 0 && markup`<ul class="tags">${channel.tags.map((tag) => markup`<li>${tag}</li>`)}</ul>`}
${message(opening, 'opening')}
<section class="comments">
<h2>${t('comments', { count: last - 1 })}</h2>
${before !== null && markup`<p><a rel="prev" href="${before}">${t('earlierComments')}</a></p>`}
${comments.map((comment) => message(comment, comment.number === channel.accepted ? 'accepted' : ''))}
${after !== null && markup`<p><a rel="next" href="${after}">${t('laterComments')}</a></p>`}
</section>`,
    ),
  };
}

function messageArticle(message: Message, kind: string, { people, community, channel, html }: DiscussionView, words: Words): Markup {
  const { t } = words;
  const { number, author, createdAt, editedAt, replyTo } = message;
  const body = html.get(number);
  const place = (at: number) => discussionAddress(community.slug, channel.id, at);
  return markup`<article class="${['message', kind].filter(Boolean).join(' ')}" id="m${number}">
<header><span class="blank" aria-hidden="true"></span> <span class="author" dir="auto">${nameOf(people, author, words)}</span> <a href="${place(number)}">${time(createdAt, words)}</a>${
    editedAt !== null && ` · ${t('edited')}`
  }${replyTo !== null && replyTo > 1 && markup` · <a href="${place(replyTo)}">${t('inReplyTo', { number: replyTo })}</a>`}${
    kind === 'accepted' && markup` · <strong>${t('accepted')}</strong>`
  }</header>
${body === undefined ? markup`<p class="deleted">${t('deleted')}</p>` : markup`<div class="prose" dir="auto">${trusted(body)}</div>`}
</article>
`;
}
