import { gql, graphql, type ResultOf } from '../wire/graphql.ts';

/** What the log does not tell of a channel: what I may do in it, and where it belongs. */
export const ChannelDetails = graphql(`
  query ChannelDetails($channel: ID!) {
    channel(id: $channel) {
      __typename
      id: plainId
      name
      visibility
      may { post react pin change deleteOthers mentionEveryone }
      community { id: plainId slug name myRole }
    }
  }
`);
export type Details = NonNullable<ResultOf<typeof ChannelDetails>['channel']>;

export const PinnedMessages = graphql(`
  query PinnedMessages($channel: ID!, $first: Int, $after: String) {
    channel(id: $channel) {
      pins(first: $first, after: $after) {
        nodes {
          number
          body
          createdAt
          author { id: plainId handle name avatar }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export const ChannelMembers = graphql(`
  query ChannelMembers($channel: ID!, $first: Int, $after: String) {
    channel(id: $channel) {
      members(first: $first, after: $after) {
        nodes {
          role
          person { id: plainId handle name avatar bot }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

/** Of a public channel: they are the community's. */
export const MembersOfCommunity = graphql(`
  query MembersOfCommunity($community: ID!, $first: Int, $after: String) {
    community(id: $community) {
      members(first: $first, after: $after) {
        nodes {
          role
          person { id: plainId handle name avatar bot }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

const QuotedMessages = graphql(`
  fragment QuotedMessages on MessageConnection @_unmask {
    nodes {
      number
      body
      author { id: plainId handle name avatar }
    }
  }
`);
export type Quoted = ResultOf<typeof QuotedMessages>['nodes'][number];

/** Single messages of one channel, wherever they are. */
export const quotedMessages = (numbers: readonly number[]) => gql<
  { channel: Record<string, ResultOf<typeof QuotedMessages>> | null },
  { channel: string }
>`
  query Quoted($channel: ID!) {
    channel(id: $channel) { __typename ${numbers.map((number) => `at${number}: messages(around: ${number}, first: 1) { ...QuotedMessages }`).join(' ')} }
  }
  ${QuotedMessages}
`;

export const ChangeDetails = graphql(`
  mutation ChangeDetails($channel: ID!, $name: String, $topic: String) {
    changeChannel(channel: $channel, name: $name, topic: $topic) {
      channel { id: plainId }
    }
  }
`);

export const AddChannelMember = graphql(`
  mutation AddChannelMember($channel: ID!, $person: ID!) {
    addMember(channel: $channel, person: $person) { person { id: plainId } }
  }
`);

export const RemoveChannelMember = graphql(`
  mutation RemoveChannelMember($channel: ID!, $person: ID!, $reason: String) {
    removeMember(channel: $channel, person: $person, reason: $reason) { person { id: plainId } }
  }
`);

export const LeaveChannel = graphql(`
  mutation LeaveChannel($channel: ID!) {
    leaveChannel(channel: $channel) { person { id: plainId } }
  }
`);

export const CommunitiesToWriteIn = graphql(`
  query CommunitiesToWriteIn {
    communities(mine: true, first: 100) {
      nodes { id plainId name may { startDiscussion } }
    }
  }
`);

export const MakeDiscussion = graphql(`
  mutation MakeDiscussion($channel: ID!, $numbers: [Int!]!, $community: ID!, $title: String!, $body: String!, $tags: [String!]!, $key: String) {
    makeDiscussion(channel: $channel, numbers: $numbers, community: $community, title: $title, body: $body, tags: $tags, key: $key) {
      discussion { id: plainId community { slug } }
    }
  }
`);

export const MayJoin = graphql(`
  query MayJoin($slug: String!) {
    community(slug: $slug) {
      may { join }
    }
  }
`);

export const WhereIs = graphql(`
  query WhereIs($channel: ID!) {
    channel(id: $channel) {
      __typename
      id: plainId
      community { slug }
    }
  }
`);
