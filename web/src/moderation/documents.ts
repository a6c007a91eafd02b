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
export const Bans = graphql(
  `
  query Bans($slug: String!, $first: Int, $after: String) {
    community(slug: $slug) {
      bans(first: $first, after: $after) {
        nodes { person { ...PersonFields } by { ...PersonFields } reason until createdAt }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`,
  [PersonFields],
);
export type Ban = NonNullable<ResultOf<typeof Bans>['community']>['bans']['nodes'][number];

type Page = NonNullable<ResultOf<typeof Actions>['community']>['moderationActions'];
export type Action = Page['nodes'][number];
