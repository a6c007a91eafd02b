import { graphql, type ResultOf } from '../wire/graphql.ts';
import { PersonFields } from './documents.ts';

export const Members = graphql(
  `
  query Members($slug: String!, $q: String, $first: Int, $after: String) {
    community(slug: $slug) {
      members(q: $q, first: $first, after: $after) {
        nodes { role joinedAt person { ...PersonFields } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`,
  [PersonFields],
);
type MembersPage = NonNullable<ResultOf<typeof Members>['community']>['members'];
export type Member = MembersPage['nodes'][number];

export const SetRole = graphql(`
  mutation SetRole($community: ID!, $person: ID!, $role: CommunityRole!) {
    setCommunityRole(community: $community, person: $person, role: $role) { person { id: plainId } }
  }
`);
export const Kick = graphql(`
  mutation Kick($community: ID!, $person: ID!, $reason: String) {
    kick(community: $community, person: $person, reason: $reason) { person { id: plainId } }
  }
`);
export const Ban = graphql(`
  mutation Ban($community: ID!, $person: ID!, $reason: String, $until: DateTime) {
    ban(community: $community, person: $person, reason: $reason, until: $until) { person { id: plainId } }
  }
`);
export const Unban = graphql(`
  mutation Unban($community: ID!, $person: ID!) { unban(community: $community, person: $person) { person { id: plainId } } }
`);
