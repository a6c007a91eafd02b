import { PersonFields } from '../communities/documents.ts';
import { graphql, type ResultOf } from '../wire/graphql.ts';

export const Actions = graphql(
  `
  query Actions($slug: String!, $first: Int, $after: String) {
    community(slug: $slug) {
      moderationActions(first: $first, after: $after) {
        nodes {
          id kind role reason createdAt
          by { ...PersonFields }
          person { ...PersonFields }
          channel { __typename id: plainId name }
          message { number deletedAt }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`,
  [PersonFields],
);
type Page = NonNullable<ResultOf<typeof Actions>['community']>['moderationActions'];
export type Action = Page['nodes'][number];
