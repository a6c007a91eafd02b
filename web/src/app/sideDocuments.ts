import { graphql } from '../wire/graphql.ts';

/** What the side bar shows of a community beyond what the connection tells by itself. */
export const SideOf = graphql(`
  query SideOf($slug: String!) {
    community(slug: $slug) {
      id: plainId name slug visibility myRole
      may { createChannel startDiscussion join }
      chats(first: 100) { nodes { id: plainId name visibility archived } }
      discussions(first: 8) { nodes { id: plainId title unread unreadMentions read lastNumber } }
    }
  }
`);
