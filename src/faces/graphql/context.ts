import { PlazaError } from '../../../contracts/errors.ts';
import type { Doors } from '../../domains/doors.ts';
import { guest, type Who } from '../../domains/policy/index.ts';
import { bearer } from '../http/caller.ts';
import type { Live } from './live.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What every resolver gets. Made once per request; on a websocket once per operation. */
export interface Context {
  doors: Doors;
  live: Live;
  who: Who;
  /** Why the caller's token was not taken. Every field of a root refuses with it, but the one that gives new tokens. */
  refusal: PlazaError | null;
  /** When the caller's token ends, in ms since 1970; null if it does not. */
  until: number | null;
  /** Asks anew who speaks. @throws what the token is now refused with */
  confirm(): Promise<void>;
  /** Aborted when the caller goes away or the server drains. */
  signal: AbortSignal;
  requestId: string;
  /** How many are open in this face. */
  subscriptions: { open: number };
  load: Loaders;
}

/** Where a request comes from, as its transport knows it. */
export interface Caller {
  /** The Authorization header, or what stands for it on a websocket. */
  authorization: string | undefined;
  /** Who that is, where the server has found it out already. */
  who?: Who | undefined;
  address: string;
  signal: AbortSignal;
  requestId: string;
}

export async function createContext(
  { doors, live, subscriptions }: { doors: Doors; live: Live; subscriptions: { open: number } },
  caller: Caller,
): Promise<Context> {
  const { address, signal, requestId } = caller;
  let who = guest(address);
  let until: number | null = null;
  let refusal: PlazaError | null = null;
  try {
    const token = bearer(caller.authorization);
    who = caller.who ?? (await doors.accounts.authenticate(token, address));
    until = token === null ? null : await doors.accounts.expiresAt(token);
  } catch (error) {
    if (!(error instanceof PlazaError)) throw error;
    refusal = error;
  }
  const confirm = async () => {
    await doors.accounts.authenticate(bearer(caller.authorization), address);
  };
  return { doors, live, who, refusal, until, confirm, signal, requestId, subscriptions, load: createLoaders(doors, who) };
}

/** Forgets what was loaded, because something has changed since. */
export function startAfresh(context: Context): void {
  context.load = createLoaders(context.doors, context.who);
}
