import { graphql, type ResultOf } from '../wire/graphql.ts';

export const ChannelFields = graphql(`
  fragment ChannelFields on Chat { id: plainId name topic visibility posting archived may { change } }
`);
export type ChannelSettings = ResultOf<typeof ChannelFields>;

export const Channels = graphql(
  `
  query Channels($slug: String!, $first: Int, $after: String) {
    community(slug: $slug) {
      chats(first: $first, after: $after) { nodes { ...ChannelFields } pageInfo { hasNextPage endCursor } }
    }
  }
`,
  [ChannelFields],
);

export const CreateChannel = graphql(`
  mutation CreateChannel($community: ID!, $name: String!, $topic: String, $visibility: Visibility, $posting: Posting) {
    createChannel(community: $community, name: $name, topic: $topic, visibility: $visibility, posting: $posting) {
      channel { id: plainId }
    }
  }
`);
export const ChangeChannel = graphql(`
  mutation ChangeChannel($channel: ID!, $name: String, $topic: String, $visibility: Visibility, $posting: Posting, $archived: Boolean) {
    changeChannel(channel: $channel, name: $name, topic: $topic, visibility: $visibility, posting: $posting, archived: $archived) {
      channel { id: plainId }
    }
  }
`);
