import { setImmediate } from 'node:timers/promises';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Community, Id, Message, Profile } from '../../../contracts/nouns.ts';
import type { Discussion } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Page } from '../../kit/page.ts';
import { forPage } from './prose.ts';

/** Comments on one page of a discussion. */
export const commentsOnPage = 100;
const listLength = 50;

export interface DiscussionView {
  community: Community;
  channel: Channel;
  opening: Message;
  /** Those of one page, in order. */
  comments: Message[];
  /** The number of the last message. */
  last: number;
  people: People;
  /** The words of each message that has any, by its number, as HTML that is safe. */
  html: ReadonlyMap<number, string>;
}

export interface CommunityView {
  community: Community;
  discussions: Page<Discussion>;
  /** How each begins, in their order. */
  excerpts: string[];
  people: People;
}

export type People = ReadonlyMap<Id, Profile>;

/**
 * What is shown without signing in, asked as a guest whoever asks, so that nothing else can get into a page, a cache or
 * a feed. What a guest may not see is `not_found`, like what does not exist.
 * @throws not_found
 */
export function createGuestView({ communities, conversations, people }: Doors, who: Who) {
  async function community(slug: string): Promise<Community> {
    return communities.get(who, { slug });
  }

  async function discussion(slug: string, id: Id) {
    const [place, channel] = await Promise.all([community(slug), conversations.channel(who, id)]);
    if (channel.kind !== 'discussion' || channel.community !== place.id) throw new PlazaError('not_found');
    const [opening] = await conversations.messages(who, [{ channel: id, number: 1 }]);
    if (!opening || opening.deletedAt !== null) throw new PlazaError('not_found');
    return { community: place, channel, opening };
  }

  async function named(ids: readonly (Id | null)[]): Promise<People> {
    const profiles = await people.profiles(who, [...new Set(ids.filter((id) => id !== null))]);
    return new Map(profiles.filter((profile) => profile !== null).map((profile) => [profile.id, profile]));
  }

  /** A page of the longest messages takes seconds: between two of them others have their turn. */
  async function rendered(messages: readonly Message[]): Promise<Map<number, string>> {
    const html = new Map<number, string>();
    for (const { number, body } of messages) {
      if (body === null) continue;
      await setImmediate();
      html.set(number, forPage(conversations.html(body)));
    }
    return html;
  }

  async function view(slug: string, id: Id, range: { after: number } | 'last'): Promise<DiscussionView> {
    const found = await discussion(slug, id);
    const limit = range === 'last' ? listLength : commentsOnPage;
    const page = await conversations.page(who, { channel: id, limit, ...(range !== 'last' && range) });
    const comments = page.messages.filter(({ number }) => number > 1);
    const shown = [found.opening, ...comments];
    const [people, html] = await Promise.all([named(shown.map(({ author }) => author)), rendered(shown)]);
    return { ...found, comments, last: page.head.number, people, html };
  }

  return {
    /** The page of a discussion that the message of this number stands on. */
    async discussion(slug: string, id: Id, number: number): Promise<DiscussionView> {
      const shown = await view(slug, id, { after: firstOnPage(number) - 1 });
      if (number < 1 || number > shown.last) throw new PlazaError('not_found');
      return shown;
    },
    /** A discussion with its latest comments. */
    latest: (slug: string, id: Id) => view(slug, id, 'last'),
    async community(slug: string, after: string | undefined): Promise<CommunityView> {
      const place = await community(slug);
      const discussions = await conversations.discussions(who, { community: place.id, sort: 'latest' }, { first: listLength, after });
      const channels = discussions.items.map(({ node }) => node.channel);
      const openings = await conversations.messages(
        who,
        channels.map(({ id }) => ({ channel: id, number: 1 })),
      );
      return {
        community: place,
        discussions,
        excerpts: openings.map((opening) => conversations.excerpt(opening?.body ?? '')),
        people: await named(channels.map(({ createdBy }) => createdBy)),
      };
    },
    communities: (after: string | undefined) => communities.list(who, {}, { first: listLength, after }),
  };
}

export type GuestView = ReturnType<typeof createGuestView>;

/** The number of the first comment on the page that this message stands on. Message 1 opens the discussion and is no comment. */
export function firstOnPage(number: number): number {
  return 2 + Math.max(Math.floor((number - 2) / commentsOnPage), 0) * commentsOnPage;
}
