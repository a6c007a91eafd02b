import DataLoader from 'dataloader';
import type { Channel, Community, CommunityRole, Head, Id, Message, Profile } from '../../../contracts/nouns.ts';
import type { CommunityMay } from '../../domains/communities/index.ts';
import type { ChannelMay, Discussion, MessagePage } from '../../domains/conversations/index.ts';
import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Page } from '../../kit/page.ts';

export type Sort = 'latest' | 'popular' | 'unanswered';
export interface DiscussionsAsk {
  community: Id;
  sort: Sort;
  first: number;
}
export interface MessagesAsk {
  channel: Id;
  after: number;
  first: number;
}
export interface MessageRef {
  channel: Id;
  number: number;
}

/**
 * What fields of one request ask for item by item and doors answer many at a time. Made anew for each request, after
 * each mutation and for each event of a subscription: they remember, and must not remember across a change.
 */
export function createLoaders(doors: Doors, who: Who) {
  const byId = <T>(load: (ids: readonly Id[]) => Promise<T[]>) => new DataLoader<Id, T>(load);
  return {
    person: createPersonLoader(doors.people, who),
    community: byId<Community | null>((ids) => doors.communities.byIds(who, ids)),
    memberCount: byId<number>((ids) => doors.communities.memberCounts(who, ids)),
    myRole: byId<CommunityRole | null>((ids) => doors.communities.myRoles(who, ids)),
    communityMay: byId<CommunityMay>((ids) => doors.communities.may(who, ids)),
    discussionTags: byId<string[]>((ids) => doors.conversations.discussionTags(who, ids)),
    channel: byId<Channel | null>((ids) => doors.conversations.channels(who, ids)),
    channelMay: byId<ChannelMay>((ids) => doors.conversations.may(who, ids)),
    head: byId<Head | null>((ids) => doors.conversations.heads(ids)),
    read: byId<number>((ids) => doors.conversations.reads(who, ids)),
    unreadMentions: byId<number>((ids) => doors.conversations.unreadMentions(who, ids)),
    message: new DataLoader<MessageRef, Message | null, string>((refs) => doors.conversations.messages(who, refs), {
      cacheKeyFn: (ref) => `${ref.channel}/${ref.number}`,
    }),
    myReactions: new DataLoader<MessageRef, string[], string>((refs) => doors.reactions.mineOf(who, refs), {
      cacheKeyFn: (ref) => `${ref.channel}/${ref.number}`,
    }),
    bookmarked: new DataLoader<MessageRef, boolean, string>((refs) => doors.bookmarks.mine(who, refs), {
      cacheKeyFn: (ref) => `${ref.channel}/${ref.number}`,
    }),
    discussions: new DataLoader<DiscussionsAsk, Page<Discussion>, string>(
      (asks) =>
        inGroups(
          asks,
          (ask) => `${ask.sort}/${ask.first}`,
          (group, { sort, first }) =>
            doors.conversations.discussionsOf(
              who,
              group.map((ask) => ask.community),
              sort,
              first,
            ),
        ),
      { cacheKeyFn: (ask) => `${ask.community}/${ask.sort}/${ask.first}` },
    ),
    messages: new DataLoader<MessagesAsk, MessagePage, string>(
      (asks) =>
        inGroups(
          asks,
          (ask) => `${ask.after}/${ask.first}`,
          (group, { after, first }) =>
            doors.conversations.messagesOf(
              who,
              group.map((ask) => ask.channel),
              after,
              first,
            ),
        ),
      { cacheKeyFn: (ask) => `${ask.channel}/${ask.after}/${ask.first}` },
    ),
  };
}

/**
 * People stand beside everything, and are mostly remembered: those are there at once, without a promise for each of
 * hundreds of messages.
 */
function createPersonLoader(people: Pick<Doors['people'], 'remembered' | 'profiles'>, who: Who) {
  const given = new Map<Id, Profile>();
  const missing = new DataLoader<Id, Profile | null>((ids) => people.profiles(who, ids), { maxBatchSize: 1000 });
  return {
    load(id: Id): Profile | Promise<Profile | null> {
      const known = given.get(id) ?? people.remembered(who, id);
      if (known === null) return missing.load(id);
      given.set(id, known);
      return known;
    },
  };
}

export type Loaders = ReturnType<typeof createLoaders>;

/** One call for each group of asks that differ only in their thing; answers in the order of the asks. */
async function inGroups<Ask, Answer>(
  asks: readonly Ask[],
  groupOf: (ask: Ask) => string,
  load: (group: Ask[], first: Ask) => Promise<Answer[]>,
): Promise<(Answer | Error)[]> {
  const groups = Map.groupBy(asks, groupOf);
  const answers = new Map<Ask, Answer | Error>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      if (first === undefined) return;
      try {
        const loaded = await load(group, first);
        group.forEach((ask, i) => {
          answers.set(ask, loaded[i] ?? new Error('a batch came back short'));
        });
      } catch (error) {
        for (const ask of group) answers.set(ask, error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
  return asks.map((ask) => answers.get(ask) ?? new Error('a batch came back short'));
}
