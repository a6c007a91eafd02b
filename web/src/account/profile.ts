import { graphql } from '../wire/graphql.ts';

export const myProfileQuery = graphql(`
  query MyProfile {
    me {
      account {
        id
        email
        emailVerified
      }
      person {
        id
        plainId
        name
        handle
        avatar
        about
        interests
        status {
          emoji
          text
          until
        }
      }
    }
  }
`);

export const updateProfile = graphql(`
  mutation UpdateProfile($name: String, $handle: String, $about: String, $interests: [String!]) {
    updateProfile(name: $name, handle: $handle, about: $about, interests: $interests) {
      person {
        id
        name
        handle
        about
        interests
      }
    }
  }
`);

export const setStatus = graphql(`
  mutation SetStatus($status: StatusInput) {
    updateProfile(status: $status) {
      person {
        id
        status {
          emoji
          text
          until
        }
      }
    }
  }
`);

export const setAvatar = graphql(`
  mutation SetAvatar($image: String!) {
    setAvatar(image: $image) {
      person {
        id
        avatar
      }
    }
  }
`);

export const removeAvatar = graphql(`
  mutation RemoveAvatar {
    updateProfile(avatar: null) {
      person {
        id
        avatar
      }
    }
  }
`);
