/** The TypeScript client of Plaza, for browsers and Node ≥ 22. See `docs/client.md`. */
export { comeBack, type ErrorCode, PlazaError } from '../contracts/errors.ts';
export type { ChannelEvent } from '../contracts/events.ts';
export type { Channel, Community, Id, Message, Person } from '../contracts/nouns.ts';
export type { ChannelLog } from './channelLog.ts';
export { type Client, type ClientOptions, type ClientState, createClient } from './client.ts';
export type { ConnectionState } from './connection.ts';
export type { ChannelView, OpenChannel, Pending } from './openChannel.ts';
export type { Store } from './store.ts';
export type { Tokens } from './tokens.ts';
