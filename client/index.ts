/** The TypeScript client of Plaza, for browsers and Node ≥ 22. See `docs/client.md`. */
export { type ErrorCode, PlazaError } from '../contracts/errors.ts';
export type { Channel, ChannelKind, Community, Draft, Id, Message, Person, ReactionCount } from '../contracts/nouns.ts';
export type { MyChannel, MyCommunity } from '../contracts/wire.ts';
export { type ChannelLog, lastOf, type Mark, messageAt } from './channelLog.ts';
export { type Client, type ClientOptions, type ClientState, createClient } from './client.ts';
export type { ConnectionState } from './connection.ts';
export type { DraftText } from './drafts.ts';
export type { Storage } from './kept.ts';
export type { ChannelView, OpenChannel } from './openChannel.ts';
export type { Pending } from './outbox.ts';
export type { At } from './pager.ts';
export { type Credentials, signIn, signUp } from './rest.ts';
export type { Store } from './store.ts';
export type { Lock, Tokens } from './tokens.ts';
