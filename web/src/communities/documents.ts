import { graphql, type ResultOf } from '../wire/graphql.ts';

/** A person as the socket has it too: by the plain id. */
export const PersonFields = graphql(`
  fragment PersonFields on Person { id: plainId handle name bot avatar }
`);

export const CommunityFields = graphql(`
  fragment CommunityFields on Community {
    id: plainId slug name description tags visibility official memberCount myRole
    may { join }
  }
`);
export type CommunityCard = ResultOf<typeof CommunityFields>;

export const Directory = graphql(
  `
  query Directory($q: String, $tag: String, $first: Int, $after: String) {
    communities(q: $q, tag: $tag, first: $first, after: $after) {
      nodes { ...CommunityFields }
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [CommunityFields],
);

export const Tags = graphql(`
  query Tags { tags(first: 14) }
`);

export const MayCreate = graphql(`
  query MayCreate { place { mayCreateCommunity } }
`);

export const Invitations = graphql(
  `
  query Invitations {
    me { invitations(first: 20) { nodes { createdAt invitedBy { ...PersonFields } community { ...CommunityFields } } } }
  }
`,
  [CommunityFields, PersonFields],
);

/** What the frame of a community's pages needs. */
export const TheCommunity = graphql(
  `
  query TheCommunity($slug: String!) {
    community(slug: $slug) {
      id: plainId slug name description tags visibility official memberCount myRole createdAt
      createdBy { ...PersonFields }
      may { change govern invite moderate startDiscussion createChannel join audit }
    }
  }
`,
  [PersonFields],
);
export type CommunityPageData = NonNullable<ResultOf<typeof TheCommunity>['community']>;

export const Join = graphql(`
  mutation Join($community: ID!) { joinCommunity(community: $community) { community { slug } } }
`);
export const Leave = graphql(`
  mutation Leave($community: ID!) { leaveCommunity(community: $community) { community { slug } } }
`);
export const Accept = graphql(`
  mutation Accept($community: ID!) { accept(community: $community) { community { slug } } }
`);
export const Decline = graphql(`
  mutation Decline($community: ID!) { decline(community: $community) { community { slug } } }
`);
export const Invite = graphql(`
  mutation Invite($community: ID!, $person: ID!) { invite(community: $community, person: $person) { person { id: plainId } } }
`);

export const CreateCommunity = graphql(`
  mutation CreateCommunity($name: String!, $slug: String, $description: String, $tags: [String!], $visibility: Visibility) {
    createCommunity(name: $name, slug: $slug, description: $description, tags: $tags, visibility: $visibility) {
      community { slug }
    }
  }
`);
export const ChangeCommunity = graphql(`
  mutation ChangeCommunity($community: ID!, $name: String, $description: String, $tags: [String!], $visibility: Visibility) {
    changeCommunity(community: $community, name: $name, description: $description, tags: $tags, visibility: $visibility) {
      community { slug }
    }
  }
`);
