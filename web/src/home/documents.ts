import { CommunityFields, PersonFields } from '../communities/documents.ts';
import { CardFields } from '../discussions/documents.ts';
import { graphql, type ResultOf } from '../wire/graphql.ts';

export const News = graphql(
  `
  query News($first: Int, $after: String) {
    news(first: $first, after: $after) {
      nodes { ...CardFields community { id: plainId slug name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [CardFields],
);

/** Only what tells whether there is something new. */
export const NewsHeads = graphql(`
  query NewsHeads { news(first: 20) { nodes { id: plainId lastNumber } } }
`);

export const PublicCommunities = graphql(
  `
  query PublicCommunities { communities(first: 6) { nodes { ...CommunityFields } } }
`,
  [CommunityFields],
);

export const Bookmarks = graphql(
  `
  query Bookmarks($first: Int, $after: String) {
    me {
      bookmarks(first: $first, after: $after) {
        nodes {
          createdAt
          message {
            number body createdAt deletedAt
            author { ...PersonFields }
            channel { id: plainId globalId: id name community { id: plainId slug name } __typename }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`,
  [PersonFields],
);
type BookmarksPage = NonNullable<ResultOf<typeof Bookmarks>['me']>['bookmarks'];
export type BookmarkNode = BookmarksPage['nodes'][number];

export const SetBookmark = graphql(`
  mutation SetBookmark($channel: ID!, $number: Int!, $on: Boolean!) {
    bookmark(channel: $channel, number: $number, on: $on) { on message { id bookmarked } }
  }
`);
