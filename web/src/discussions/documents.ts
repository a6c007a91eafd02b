import { PersonFields } from '../communities/documents.ts';
import { graphql, type ResultOf } from '../wire/graphql.ts';

export const CardFields = graphql(
  `
  fragment CardFields on Discussion {
    id: plainId title excerpt tags commentCount lastNumber activeAt createdAt unread read archived
    author { ...PersonFields }
    accepted { number }
  }
`,
  [PersonFields],
);
export type Card = ResultOf<typeof CardFields>;

export const Discussions = graphql(
  `
  query Discussions($slug: String!, $sort: DiscussionSort, $tag: String, $first: Int, $after: String) {
    community(slug: $slug) {
      discussions(sort: $sort, tag: $tag, first: $first, after: $after) {
        nodes { ...CardFields }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`,
  [CardFields],
);

/** Only what tells whether there is something new. */
export const Heads = graphql(`
  query Heads($slug: String!, $tag: String) {
    community(slug: $slug) { discussions(sort: LATEST, tag: $tag, first: 20) { nodes { id: plainId lastNumber } } }
  }
`);

export const DiscussionTags = graphql(`
  query DiscussionTags($slug: String!) { community(slug: $slug) { discussionTags } }
`);

export const CommunityOfNew = graphql(`
  query CommunityOfNew($slug: String!) {
    community(slug: $slug) { id: plainId slug name visibility discussionTags may { startDiscussion join } }
  }
`);

export const CreateDiscussion = graphql(`
  mutation CreateDiscussion($community: ID!, $title: String!, $body: String!, $tags: [String!], $key: String) {
    createDiscussion(community: $community, title: $title, body: $body, tags: $tags, key: $key) { discussion { id: plainId } }
  }
`);
