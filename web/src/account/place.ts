import { graphql } from '../wire/graphql.ts';

/** What this place is called, and what the one who asks may do here. */
export const placeQuery = graphql(`
  query Place {
    place {
      id
      name
      adminWanted
      mayCreateCommunity
    }
  }
`);
