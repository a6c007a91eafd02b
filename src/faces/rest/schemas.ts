/** The nouns of `contracts/nouns.ts` and the doors' answers as schemas: what goes out is held to them by its type, and described by them. */
import { z } from 'zod';

const int64 = 9223372036854775807n;

/** Text that PostgreSQL can store and UTF-8 can carry. How long it may be, the domains say. */
export const text = () =>
  z.string().refine((value) => !value.includes('\u0000') && value.isWellFormed(), 'it holds a character that is not allowed');

export const id = z
  .string()
  .regex(/^[1-9]\d{0,18}$/, 'an id is a whole number in decimal')
  .refine((value) => !/^\d{1,19}$/.test(value) || BigInt(value) <= int64, 'an id is a whole number in decimal')
  .meta({ id: 'Id', description: 'A 64-bit id in decimal, ordered by the time it was made.', example: '104398046511104' });

/** A message's number or a version, as part of an address or a query. */
export const number = z.coerce.number().int().min(0).max(2147483647);

/** A number or a count in an answer. */
export const count = z.int32().min(0);

const time = z.string().meta({ id: 'Time', description: 'ISO 8601 in UTC.', example: '2026-03-01T12:00:00.000Z' });
const visibility = z.enum(['public', 'private']);
const posting = z.enum(['everyone', 'moderators']);
const communityRole = z.enum(['owner', 'moderator', 'member']);
const applicationRole = z.enum(['admin', 'moderator', 'member']);

export const words = { visibility, posting, communityRole, applicationRole };

const avatar = z.string().nullable().describe('Path of the picture, which never changes what it shows; null where none was uploaded.');

export const Person = z.object({ id, handle: z.string(), name: z.string(), bot: z.boolean(), avatar }).meta({ id: 'Person' });

const Status = z
  .object({ emoji: z.string(), text: z.string(), until: time.nullable().describe('When it ends by itself; null when it does not.') })
  .meta({ id: 'Status', description: 'What a person says of the present.' });

export const Profile = z
  .object({
    id,
    handle: z.string(),
    name: z.string(),
    bot: z.boolean(),
    about: z.string(),
    interests: z.array(z.string()),
    avatar,
    status: Status.nullable(),
    createdAt: time,
  })
  .meta({ id: 'Profile' });

export const Account = z
  .object({ id, email: z.string(), emailVerified: z.boolean(), role: applicationRole, createdAt: time })
  .meta({ id: 'Account' });

export const Device = z
  .object({
    id,
    clientId: z.string().nullable(),
    name: z.string(),
    address: z.string(),
    createdAt: time,
    seenAt: time,
    current: z.boolean(),
  })
  .meta({ id: 'Device' });

const Tokens = z.object({ access: z.string(), accessExpiresAt: time, refresh: z.string() }).meta({
  id: 'Tokens',
  description: 'The access token goes into the Authorization header; the refresh token is good for one POST /v1/refresh.',
});

export const SignedIn = z.object({ account: Account, person: Person, device: Device, tokens: Tokens }).meta({ id: 'SignedIn' });

export const Community = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    visibility,
    official: z.boolean(),
    createdBy: id.nullable(),
    createdAt: time,
  })
  .meta({ id: 'Community' });

export const CommunityView = Community.extend({
  members: count,
  role: communityRole.nullable().describe('Mine in it; null where I am not a member.'),
}).meta({ id: 'CommunityView' });

export const CommunityMember = z.object({ person: Profile, role: communityRole, joinedAt: time }).meta({ id: 'CommunityMember' });
export const Ban = z
  .object({ person: Profile, by: id, reason: z.string(), until: time.nullable().describe('When it ends by itself.'), createdAt: time })
  .meta({ id: 'Ban' });
export const Invitation = z.object({ community: Community, invitedBy: id, createdAt: time }).meta({ id: 'Invitation' });

export const Channel = z
  .object({
    id,
    kind: z.enum(['discussion', 'chat', 'group', 'direct']),
    community: id.nullable(),
    name: z.string().nullable(),
    topic: z.string(),
    photo: z.string().nullable(),
    tags: z.array(z.string()),
    visibility,
    posting,
    archived: z.boolean(),
    accepted: count.nullable().describe('The number of the comment that answers a discussion; null elsewhere and where none does.'),
    createdBy: id.nullable(),
    createdAt: time,
    chatNumber: count.nullable(),
  })
  .meta({ id: 'Channel' });

export const ChannelView = z
  .object({
    channel: Channel,
    number: count,
    version: count,
    read: count,
    mentions: count.describe('Unread messages that call me, by name or with everyone.'),
  })
  .meta({ id: 'ChannelView', description: 'A channel, the number and version at which its log ends, and the last number I read.' });

export const MyChannel = ChannelView.extend({ people: z.array(Person) }).meta({ id: 'MyChannel' });

export const ChannelMember = z.object({ person: id, role: communityRole, joinedAt: time }).meta({ id: 'ChannelMember' });

const ReactionCount = z.object({ emoji: z.string(), count: count }).meta({ id: 'ReactionCount' });

export const Message = z
  .object({
    channel: id,
    number: count,
    version: count,
    author: id,
    key: z.string().nullable(),
    body: z.string().nullable(),
    replyTo: count.nullable(),
    reactions: z.array(ReactionCount),
    mentions: z.array(z.string()).describe('Ids of the people whom it calls by name; "0" stands for everyone.'),
    link: z
      .object({ channel: id, number: count })
      .nullable()
      .describe("The same words elsewhere: of a chat's message its place in the discussion made of it, and the way back."),
    createdAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
    pinnedAt: time.nullable(),
  })
  .meta({ id: 'Message' });

export const Changed = z
  .object({ channel: id, number: count, version: count, message: Message })
  .meta({ id: 'Changed', description: "A committed change: the message as it is now, and the channel's version at that change." });

export const Posted = Changed.extend({
  repeated: z.boolean().describe('The key was known: this is the first message, and nothing was changed.'),
}).meta({ id: 'Posted' });

export const Bookmark = z.object({ message: Message, createdAt: time }).meta({ id: 'Bookmark' });

export const Draft = z
  .object({ place: id, title: z.string(), body: z.string(), replyTo: count.nullable(), updatedAt: time })
  .meta({ id: 'Draft', description: 'What I began to write and have not sent. One without text was sent or thrown away.' });

const Head = z.object({ channel: id, number: count, version: count }).meta({ id: 'Head' });
const MyMark = z
  .object({ number: count, emoji: z.array(z.string()).describe('My reactions.'), bookmarked: z.boolean() })
  .meta({ id: 'MyMark' });

export const MessagePage = z
  .object({
    items: z.array(Message),
    mine: z.array(MyMark).describe('What I left on these messages; only of those where there is something.'),
    more: z.object({ before: z.boolean(), after: z.boolean() }),
    head: Head,
  })
  .meta({ id: 'MessagePage', description: 'Messages by number, ascending.' });

export const Changes = z
  .object({
    channel: id,
    version: count.describe('Up to here the answer is complete.'),
    number: count,
    details: Channel.nullable().describe("The channel's details, if they changed after the asked version."),
    items: z.array(Message),
    gap: z.boolean().describe('More follows, even if this holds no message: ask again from `version`.'),
  })
  .meta({ id: 'Changes', description: 'Messages changed after a version, each once in its latest state, in order of version.' });

export const Discussion = z
  .object({
    channel: Channel,
    comments: count,
    activeAt: time,
    excerpt: z.string().describe('The beginning of the opening message as plain text.'),
  })
  .meta({ id: 'Discussion' });
export const Revision = z.object({ version: count, body: z.string(), writtenAt: time }).meta({ id: 'Revision' });
export const Reader = z.object({ person: id, number: count, readAt: time }).meta({ id: 'Reader' });

/** Why, where something is done to others. */
export const because = { reason: text().optional().describe('Why, in at most 500 characters: kept for those who keep order.') };

/** No body. */
export const nothing = z.undefined();
