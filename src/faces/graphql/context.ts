import type { Doors } from '../../domains/doors.ts';
import type { Who } from '../../domains/policy/index.ts';
import type { Live } from './live.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What every resolver gets. Made once per request, on a websocket once per operation. */
export interface Context {
  doors: Doors;
  live: Live;
  who: Who;
  /** When the caller's token ends, in ms since 1970; null if it does not. */
  until: number | null;
  /** Aborted when the caller goes away or the server drains. */
  signal: AbortSignal;
  requestId: string;
  load: Loaders;
}

export interface Caller {
  /** The bearer token, or null for a guest. */
  token: string | null;
  address: string;
  signal: AbortSignal;
  requestId: string;
}

/** @throws unauthenticated, token_expired */
export async function createContext(deps: { doors: Doors; live: Live }, caller: Caller): Promise<Context> {
  const who = await deps.doors.accounts.authenticate(caller.token, caller.address);
  return {
    doors: deps.doors,
    live: deps.live,
    who,
    until: caller.token === null ? null : deps.doors.accounts.expiresAt(caller.token),
    signal: caller.signal,
    requestId: caller.requestId,
    load: createLoaders(deps.doors, who),
  };
}

/** Forgets what was loaded, because something has changed since. */
export function startAfresh(context: Context): void {
  context.load = createLoaders(context.doors, context.who);
}

/** The token of an `Authorization: Bearer …` header; null without one. */
export function bearer(header: string | undefined): string | null {
  return /^bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1] ?? (header ? header.trim() || null : null);
}
