import type { ShallowRef } from 'vue';
import type { Marks } from '../../../client/channelLog.ts';
import type { OpenChannel } from '../../../client/openChannel.ts';
import type { Pending } from '../../../client/outbox.ts';
import type { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id, Message, Person } from '../../../contracts/nouns.ts';

/** What is loaded of a discussion's log, as the page reads it. */
export interface Said {
  /** By number, without a gap. The opening post stands among them where the window begins with it. */
  messages: readonly Message[];
  /** What I have left on them. */
  marks: Marks;
  /** Sent by me, and not in the log yet. */
  pending: readonly Pending[];
  typing: readonly Person[];
  /** The channel as it is now; null while only the page that was asked for first tells. */
  details: Channel | null;
  /** The number up to which I had read. */
  read: number;
  /** The last message's. */
  number: number;
  more: { before: boolean; after: boolean };
}

/** A discussion being read: live by who is signed in, page by page by guests. */
export interface Talk {
  said: Readonly<ShallowRef<Said | null>>;
  /** More is on the way. */
  loading: Readonly<ShallowRef<boolean>>;
  error: Readonly<ShallowRef<PlazaError | null>>;
  /** Access was taken away while it was read: what was loaded stays, nothing more will come. */
  left: Readonly<ShallowRef<boolean>>;
  /** To act in it; null for guests, and until it is open. */
  channel: Readonly<ShallowRef<OpenChannel | null>>;
  personOf(id: Id): Person | undefined;
  /** More of what was said after, or before, what is loaded. */
  load(way: 'before' | 'after'): Promise<void>;
  /** Makes sure that this message is loaded; false when there is none. */
  goTo(number: number): Promise<boolean>;
  /** From the beginning, after an error. */
  again(): void;
}

/** Comments that are loaded by themselves; more of them when they are asked for. */
export const mostByItself = 950;
