import { asRefusal } from '../contracts/errors.ts';
import type { Draft, Id } from '../contracts/nouns.ts';
import type { Connection } from './connection.ts';
import type { Kept } from './kept.ts';
import { createTimers } from './timers.ts';

/** What is being written, whole each time. */
export interface DraftText {
  /** Of a new discussion. */
  title?: string;
  body: string;
  replyTo?: number | null;
}

export interface Drafts {
  /** As it is here this very moment. */
  at(place: Id): Draft | null;
  save(place: Id, text: DraftText): void;
  /** Sends what is not sent yet, without waiting. */
  sendAll(): void;
  /** What the server has, when the connection is new or the lists were told anew. */
  ready(drafts: readonly Draft[]): void;
  /** Saved on any of the person's devices. */
  heard(draft: Draft): void;
  end(): void;
}

/** A draft that is written on this device just now. */
interface Mine {
  draft: Draft;
  isSent: boolean;
  /** What was heard of it meanwhile; it counts once nobody types here any more. */
  heard: Draft | null;
}

const sendAfterMs = 1000;
/** Who types without a pause is saved that often. */
const sendAtLeastMs = 10_000;
/** Who has not typed for so long does not type now. */
const quietMs = 3000;
const againMs = 2000;
/** `ready` lists no more. */
const mostListed = 100;

/**
 * The person's drafts: what is typed here counts at once, is sent after a pause, and outlives a cut and this page. Of
 * what is typed on several devices the last one sent stays.
 * @param changed called with all that are not empty; not at every keystroke
 */
export function createDrafts(connection: Connection, kept: Kept<Draft>, changed: (drafts: ReadonlyMap<Id, Draft>) => void): Drafts {
  const timers = createTimers();
  const mine = new Map<Id, Mine>();
  let drafts: ReadonlyMap<Id, Draft> = new Map();

  for (const draft of Object.values(kept.all())) mine.set(draft.place, { draft, isSent: false, heard: null });
  if (mine.size > 0) show([...mine.values()].map(({ draft }) => draft));

  function show(shown: readonly Draft[]): void {
    const next = new Map(drafts);
    for (const draft of shown) {
      if (isEmpty(draft)) next.delete(draft.place);
      else next.set(draft.place, draft);
    }
    drafts = next;
    changed(drafts);
  }

  async function send(place: Id): Promise<void> {
    timers.clear(`send ${place}`);
    timers.clear(`late ${place}`);
    const own = mine.get(place);
    if (own === undefined || own.isSent || !connection.isLive()) return;
    const { draft } = own;
    show([draft]);
    try {
      const { title, body, replyTo } = draft;
      await connection.ask({ type: 'draft', place, body, ...(title !== '' && { title }), ...(replyTo !== null && { replyTo }) });
    } catch (error) {
      const { retryable, details } = asRefusal(error);
      if (retryable) {
        // After a cut `ready` goes on.
        if (connection.isLive()) timers.once(`send ${place}`, (details.retryAfter ?? 0) * 1000 + againMs, () => void send(place));
        return;
      }
      // What may not be kept there is kept here as long as this client is.
    }
    if (own.draft !== draft) return;
    own.isSent = true;
    kept.drop(place);
    quieten(place);
  }

  function quieten(place: Id): void {
    timers.anew(`quiet ${place}`, quietMs, () => {
      const own = mine.get(place);
      if (own === undefined || !own.isSent) return;
      mine.delete(place);
      show([own.heard ?? own.draft]);
    });
  }

  function sendAll(): void {
    for (const place of mine.keys()) void send(place);
  }

  return {
    at: (place) => {
      const draft = mine.get(place)?.draft ?? drafts.get(place);
      return draft === undefined || isEmpty(draft) ? null : draft;
    },
    save(place, { title = '', body, replyTo = null }) {
      const old = mine.get(place)?.draft ?? drafts.get(place);
      const draft = { place, title, body, replyTo, updatedAt: new Date().toISOString() };
      if (old === undefined ? isEmpty(draft) : old.title === title && old.body === body && old.replyTo === replyTo) return;
      const own = mine.get(place) ?? { heard: null };
      mine.set(place, Object.assign(own, { draft, isSent: false }));
      kept.put(place, draft);
      if (isEmpty(draft) !== !drafts.has(place)) show([draft]);
      quieten(place);
      timers.anew(`send ${place}`, isEmpty(draft) ? 0 : sendAfterMs, () => void send(place));
      timers.once(`late ${place}`, sendAtLeastMs, () => void send(place));
    },
    sendAll,
    ready(listed) {
      const theirs = new Map(listed.map((draft) => [draft.place, draft]));
      for (const [place, own] of mine) {
        if (!own.isSent) continue;
        // The list may have been read before what was heard since.
        const told = theirs.get(place) ?? { ...own.draft, title: '', body: '', updatedAt: '' };
        if (own.heard === null || told.updatedAt > own.heard.updatedAt) own.heard = told;
      }
      const others = listed.length < mostListed ? [] : [...drafts.values()];
      drafts = new Map();
      show([...others, ...listed, ...[...mine.values()].map(({ draft }) => draft)]);
      sendAll();
    },
    heard(draft) {
      const own = mine.get(draft.place);
      if (own === undefined) show([draft]);
      else own.heard = draft;
    },
    end() {
      for (const { draft, isSent } of mine.values()) {
        const { place, title, body, replyTo } = draft;
        if (!isSent) connection.tell({ type: 'draft', place, body, ...(title !== '' && { title }), ...(replyTo !== null && { replyTo }) });
      }
      timers.clearAll();
    },
  };
}

function isEmpty({ title, body }: Draft): boolean {
  return title.trim() === '' && body.trim() === '';
}
