import type { Id, Person } from '../contracts/nouns.ts';
import type { ChannelLog } from './channelLog.ts';
import type { Pending } from './outbox.ts';
import type { Store } from './store.ts';

export interface ChannelView {
  /**
   * Null until first joined, and for a moment after the server was restored from a backup. What I did a moment ago (an
   * edit, a reaction, a pin …) is shown in it already.
   */
  log: ChannelLog | null;
  /** In order of sending; drawn after the log's messages where the window is at the end (`log.atEnd`). */
  pending: readonly Pending[];
  /** Others who write something just now. */
  typing: readonly Person[];
  /** Access was taken away: nothing more will come. What was loaded stays. */
  left: boolean;
}

/** A channel kept open: its state as a store, and what one can do in it. */
export interface OpenChannel {
  readonly id: Id;
  readonly state: Store<ChannelView>;
  /**
   * Draws the message at once (`pending`) and resolves with its number when it is committed. After a cut it is sent
   * again under the same key, so it is there once; messages keep the order in which they were sent. When it is refused
   * it stays in `pending` with the reason; the promise rejects with that too, and need not be caught. The draft of the
   * channel is thrown away.
   */
  send(body: string, options?: { replyTo?: number }): Promise<number>;
  /** Sends a refused message again, now as the last one. */
  retry(key: string): void;
  /** Takes a message out of `pending`. One that is on its way already may arrive all the same. */
  discard(key: string): void;
  /**
   * Shown at once, and no longer when it is refused; the same for those below.
   * @throws PlazaError the refusal, or `unavailable` while not connected: these are not tried again by themselves
   */
  edit(number: number, body: string): Promise<void>;
  /** @param reason for the moderators, when it is another's message */
  delete(number: number, reason?: string): Promise<void>;
  /** A deleted message comes back; its text is known when it is there. */
  restore(number: number, reason?: string): Promise<void>;
  react(number: number, emoji: string, on: boolean): Promise<void>;
  pin(number: number, on: boolean): Promise<void>;
  bookmark(number: number, on: boolean): Promise<void>;
  /** Everything up to this number was seen. Call it as often as you like; the server is told once a second at most. */
  read(number: number): void;
  /** Call at every keystroke; it is told every three seconds at most. */
  typing(): void;
  /** Adds a page of older messages to the window; false when there are none. @param limit 1–200 @throws like edit */
  older(limit?: number): Promise<boolean>;
  /** Adds a page of newer messages; false when the window is at the end. @param limit 1–200 @throws like edit */
  newer(limit?: number): Promise<boolean>;
  /** Moves the window so that this message is in it; false, and no move, when there is none. @throws like edit */
  goTo(number: number): Promise<boolean>;
  /** Moves the window to the end of the log, to stay there. @throws like edit */
  toEnd(): Promise<void>;
  /**
   * These are on the screen, by number. A window of more than 1,000 messages is cut back on the side away from them;
   * where this was never told the oldest go when new ones come, and pages add what they bring.
   */
  sees(first: number, last: number): void;
  /** Once for each `open`. The last one ends it, when everything sent is committed or refused. */
  close(): void;
}
