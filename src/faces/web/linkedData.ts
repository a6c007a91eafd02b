import type { Message } from '../../../contracts/nouns.ts';
import { communityAddress, discussionAddress, personAddress } from './addresses.ts';
import type { DiscussionView } from './guestView.ts';
import { json, type Markup } from './markup.ts';
import { nameOf, type Rendering } from './rendering.ts';

/** The discussion in the words of schema.org. */
export function linkedData(
  { community, channel, opening, comments, last, people }: DiscussionView,
  url: string,
  rendering: Rendering,
): Markup {
  const { publicUrl, excerpt, words } = rendering;
  const post = (type: string, { author, body, createdAt, editedAt, number }: Message) => {
    const profile = people.get(author);
    return {
      '@type': type,
      text: excerpt(body ?? ''),
      author: {
        '@type': 'Person',
        name: nameOf(people, author, words),
        ...(profile && { url: publicUrl + personAddress(profile.handle) }),
      },
      datePublished: createdAt,
      ...(editedAt !== null && { dateModified: editedAt }),
      url: publicUrl + discussionAddress(community.slug, channel.id, number === 1 ? undefined : number),
    };
  };
  return json({
    '@context': 'https://schema.org',
    ...post('DiscussionForumPosting', opening),
    headline: channel.name ?? '',
    mainEntityOfPage: url,
    isPartOf: { '@type': 'WebPage', name: community.name, url: publicUrl + communityAddress(community.slug) },
    commentCount: last - 1,
    interactionStatistic: {
      '@type': 'InteractionCounter',
      interactionType: 'https://schema.org/CommentAction',
      userInteractionCount: last - 1,
    },
    comment: comments.filter(({ body }) => body !== null).map((comment) => post('Comment', comment)),
  });
}
