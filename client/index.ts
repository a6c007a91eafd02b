/** The TypeScript client of Plaza, for browsers and Node ≥ 22. See `docs/client.md`. */
export { type ErrorCode, PlazaError } from '../contracts/errors.ts';
export type { Channel, ChannelKind, Community, Id, Message, Person, ReactionCount } from '../contracts/nouns.ts';
export type { MyChannel, MyCommunity } from '../contracts/wire.ts';
export type { ChannelLog } from './channelLog.ts';
export { type Client, type ClientOptions, type ClientState, createClient } from './client.ts';
export type { ConnectionState } from './connection.ts';
export type { ChannelView, OpenChannel } from './openChannel.ts';
export type { Pending } from './outbox.ts';
export { type Credentials, signIn, signUp } from './rest.ts';
export type { Store } from './store.ts';
export type { Tokens } from './tokens.ts';
