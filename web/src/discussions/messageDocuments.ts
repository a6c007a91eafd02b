import { PersonFields } from '../communities/documents.ts';
import { graphql, type ResultOf } from '../wire/graphql.ts';

export const MessageFields = graphql(
  `
  fragment MessageFields on Message {
    number version key body createdAt editedAt deletedAt pinnedAt mentionsEveryone bookmarked
    author { ...PersonFields }
    replyTo { number }
    reactions { emoji count mine }
    mentions { id: plainId }
    link { number channel { id: plainId } }
  }
`,
  [PersonFields],
);
export type MessageData = ResultOf<typeof MessageFields>;

export const TheDiscussion = graphql(
  `
  query TheDiscussion($channel: ID!) {
    channel(id: $channel) {
      __typename
      id: plainId name tags visibility posting archived createdAt lastNumber version read
      may { post react pin change deleteOthers mentionEveryone accept }
      community { id: plainId slug name visibility myRole may { join startDiscussion } }
      ... on Discussion {
        commentCount
        author { ...PersonFields }
        opening { ...MessageFields }
        accepted { number author { ...PersonFields } }
      }
    }
  }
`,
  [PersonFields, MessageFields],
);
export type DiscussionData = NonNullable<ResultOf<typeof TheDiscussion>['channel']>;

/** Comments for those who read without a live connection. */
export const Comments = graphql(
  `
  query Comments($channel: ID!, $first: Int, $after: String, $last: Int, $before: String, $around: Int) {
    channel(id: $channel) {
      lastNumber
      messages(first: $first, after: $after, last: $last, before: $before, around: $around) {
        nodes { ...MessageFields }
        pageInfo { hasNextPage hasPreviousPage }
      }
    }
  }
`,
  [MessageFields],
);

export const Revisions = graphql(`
  query Revisions($channel: ID!, $around: Int!) {
    channel(id: $channel) {
      messages(around: $around, first: 1) { nodes { number body createdAt editedAt revisions { version body writtenAt } } }
    }
  }
`);

export const AcceptAnswer = graphql(`
  mutation AcceptAnswer($channel: ID!, $number: Int) { acceptAnswer(channel: $channel, number: $number) { channel { id: plainId } } }
`);
export const ChangeDiscussion = graphql(`
  mutation ChangeDiscussion($channel: ID!, $name: String, $tags: [String!], $archived: Boolean) {
    changeChannel(channel: $channel, name: $name, tags: $tags, archived: $archived) { channel { id: plainId } }
  }
`);
