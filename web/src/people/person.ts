import { graphql } from '../wire/graphql.ts';

export const personQuery = graphql(`
  query Person($handle: String, $id: ID) {
    person(handle: $handle, id: $id) {
      id
      plainId
      handle
      name
      avatar
      bot
      about
      interests
      status {
        emoji
        text
        until
      }
      createdAt
    }
  }
`);
