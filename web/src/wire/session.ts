/** Who uses this page: the tokens, kept for all tabs, and the live client made of them. */
import { computed, onScopeDispose, readonly, shallowRef } from 'vue';
import { type Client, type ClientState, createClient, type Personal } from '../../../client/client.ts';
import { callRest } from '../../../client/rest.ts';
import type { Tokens } from '../../../client/tokens.ts';
import type { PlazaError } from '../../../contracts/errors.ts';

const place = 'plaza.tokens';
/** Where the list of messages keeps what others said; it goes with the session, as all that they wrote. */
export const wordsPlace = 'plaza.words';
const nobody: ClientState = {
  connection: { at: 'closed', error: null },
  me: null,
  communities: [],
  channels: new Map(),
  people: new Map(),
  online: new Set(),
  drafts: new Map(),
};

const current = shallowRef<Client | null>(null);
const state = shallowRef<ClientState>(nobody);
const ended = shallowRef<PlazaError | null>(null);

/** The client of the one who is signed in, null for a guest. */
export const client = readonly(current) as Readonly<typeof current>;
/** What the client knows: me, my communities and channels, people, who is online. Empty for a guest. */
export const live = readonly(state) as Readonly<typeof state>;
/** Why the session ended by itself, until somebody signs in again. */
export const sessionEnded = readonly(ended) as Readonly<typeof ended>;
export const me = computed(() => state.value.me);
export const isOnline = computed(() => state.value.connection.at === 'live');

const listeners = new Set<(event: Personal) => void>();

/** Hears what concerns me or a community of mine, as long as the component is there. */
export function useHeard(listener: (event: Personal) => void): void {
  listeners.add(listener);
  onScopeDispose(() => listeners.delete(listener));
}

export const isSignedIn = () => current.value !== null;

/** Keeps the tokens of a sign-in and connects, in this tab and all others. */
export function begin(tokens: Tokens): void {
  localStorage.setItem(place, JSON.stringify(tokens));
  connect(tokens);
}

/** Signs this device out on the server too, as far as it can be reached. */
export async function signOut(): Promise<void> {
  const leaving = current.value;
  leaving?.sendDrafts();
  // Here and in the other tabs at once: they go with this one, and need not hear from the server that they were signed out.
  forget();
  current.value = null;
  state.value = nobody;
  await leaving?.rest('POST', '/v1/sign-out', {}).catch(() => {
    // Whoever signs out here must not be held up by a server that is away; the tokens are forgotten all the same.
  });
  leaving?.close();
  // What it may have kept in its last moments.
  if (current.value === null) forget();
}

function forget(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith('plaza.') && !key.startsWith('plaza.look.')) localStorage.removeItem(key);
}

function connect(tokens: Tokens): void {
  disconnect();
  ended.value = null;
  const next = createClient({
    url: location.origin,
    tokens,
    onTokens: (renewed) => current.value === next && localStorage.setItem(place, JSON.stringify(renewed)),
    keptTokens: kept,
    onPersonal: (event) => {
      if (current.value === next) for (const listener of listeners) listener(event);
    },
    lock: (work) => navigator.locks.request('plaza.renewal', work),
    storage: {
      get: (key) => localStorage.getItem(`plaza.${key}`),
      set: (key, value) => localStorage.setItem(`plaza.${key}`, value),
      remove: (key) => localStorage.removeItem(`plaza.${key}`),
    },
  });
  current.value = next;
  state.value = next.state.value;
  next.state.subscribe((value) => {
    if (current.value !== next) return;
    state.value = value;
    if (value.connection.at === 'closed' && value.connection.error !== null) {
      ended.value = value.connection.error;
      for (const key of [place, wordsPlace]) localStorage.removeItem(key);
      disconnect();
    }
  });
}

function disconnect(): void {
  const before = current.value;
  current.value = null;
  state.value = nobody;
  before?.close();
}

function kept(): Tokens | null {
  const text = localStorage.getItem(place);
  return text === null ? null : (JSON.parse(text) as Tokens);
}

/** Goes on where this browser was, and follows what other tabs do. Called once. */
export function resume(): void {
  const tokens = kept();
  if (tokens !== null) connect(tokens);
  window.addEventListener('storage', (event) => {
    if (event.key !== place) return;
    const now = kept();
    if (now === null) disconnect();
    else if (current.value === null) connect(now);
  });
  window.addEventListener('online', () => current.value?.reconnect());
  window.addEventListener('pagehide', () => current.value?.keep());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && current.value?.keep());
}

/** One REST call, as whoever uses the page. @throws PlazaError */
export function rest<T>(method: string, path: string, body?: object): Promise<T> {
  return current.value === null ? callRest<T>(location.origin, method, path, null, body) : current.value.rest<T>(method, path, body);
}
