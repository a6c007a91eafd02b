import type {
  Channel as ChannelNoun,
  Community as CommunityNoun,
  Message as MessageNoun,
  Person as PersonNoun,
  Profile,
} from '../../../contracts/nouns.ts';
import type { Application as ApplicationNoun } from '../../domains/applications/index.ts';
import { builder } from './builder.ts';

/** The things of the schema, named here so that their files may speak of each other, and what stands behind each. */

/** As it came along with something else, or with the whole profile. */
export type PersonShape = PersonNoun & Partial<Profile>;
/** A discussion from a list brings its count and time along. */
export type ChannelShape = ChannelNoun & { comments?: number; activeAt?: string };

export const Person = builder.objectRef<PersonShape>('Person');
export const Community = builder.objectRef<CommunityNoun>('Community');
export const Channel = builder.interfaceRef<ChannelShape>('Channel');
export const Discussion = builder.objectRef<ChannelShape>('Discussion');
export const Chat = builder.objectRef<ChannelShape>('Chat');
export const Group = builder.objectRef<ChannelShape>('Group');
export const Direct = builder.objectRef<ChannelShape>('Direct');
/** The type behind the interface, by kind. */
export const channelTypes = { discussion: 'Discussion', chat: 'Chat', group: 'Group', direct: 'Direct' } as const;

export const Message = builder.objectRef<MessageNoun>('Message');
export const Application = builder.objectRef<ApplicationNoun>('Application');

export const PersonConnection = builder.connectionObject(
  { type: Person, name: 'PersonConnection', description: 'A page of people.' },
  { name: 'PersonEdge', description: 'A person in a list.' },
);
export const DiscussionConnection = builder.connectionObject(
  { type: Discussion, name: 'DiscussionConnection', description: 'A page of discussions.' },
  { name: 'DiscussionEdge', description: 'A discussion in a list.' },
);
export const ChatConnection = builder.connectionObject(
  { type: Chat, name: 'ChatConnection', description: 'A page of chats.' },
  { name: 'ChatEdge', description: 'A chat in a list.' },
);
export const MessageConnection = builder.connectionObject(
  { type: Message, name: 'MessageConnection', description: 'A page of messages. A cursor here is the number of the message.' },
  { name: 'MessageEdge', description: 'A message in a list.' },
);
export const CommunityConnection = builder.connectionObject(
  { type: Community, name: 'CommunityConnection', description: 'A page of communities.' },
  { name: 'CommunityEdge', description: 'A community in a list.' },
);

export const Visibility = builder.enumType('Visibility', {
  description: 'Who may see a community or a channel.',
  values: {
    PUBLIC: { value: 'public', description: 'Everyone who may see what it is in.' },
    PRIVATE: { value: 'private', description: 'Its members only.' },
  } as const,
});
export const Posting = builder.enumType('Posting', {
  description: 'Who may post in a channel.',
  values: {
    EVERYONE: { value: 'everyone', description: 'Everyone who takes part.' },
    MODERATORS: { value: 'moderators', description: 'Moderators only: a channel for announcements.' },
  } as const,
});
export const CommunityRole = builder.enumType('CommunityRole', {
  description: "A member's role in a community or a channel.",
  values: {
    OWNER: { value: 'owner', description: 'Made it, or was made owner; may do everything in it.' },
    MODERATOR: { value: 'moderator', description: 'Keeps order in it.' },
    MEMBER: { value: 'member', description: 'Takes part in it.' },
  } as const,
});

/** For verbs that have nothing to answer. */
export const DonePayload = builder.objectRef<{ done: boolean }>('DonePayload').implement({
  description: 'Says that it was done, where there is nothing else to say.',
  fields: (t) => ({ done: t.exposeBoolean('done', { description: 'Always true.' }) }),
});

export const ApplicationRole = builder.enumType('ApplicationRole', {
  description: "An account's role in the whole place.",
  values: {
    ADMIN: { value: 'admin', description: 'Runs the place.' },
    MODERATOR: { value: 'moderator', description: 'Keeps order everywhere.' },
    MEMBER: { value: 'member', description: 'Everybody else.' },
  } as const,
});
