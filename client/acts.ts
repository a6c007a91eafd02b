import type { Id, ReactionCount } from '../contracts/nouns.ts';
import { type ChannelLog, messageAt, withMark, withMessage } from './channelLog.ts';
import type { Asking, Connection } from './connection.ts';
import { withEmoji } from './nextLog.ts';
import type { OpenChannel } from './openChannel.ts';

/** What I do to messages: shown before the log tells it, and taken away again when it is refused. */
export interface Acts extends Pick<OpenChannel, 'edit' | 'delete' | 'restore' | 'react' | 'pin' | 'bookmark'> {
  /** The log as it is shown. */
  over(log: ChannelLog): ChannelLog;
  /** The log tells what happened up to this version. */
  arrived(version: number): void;
  forget(): void;
}

export interface ActsSurroundings {
  /** What is shown may be another now. */
  changed(): void;
  /** Done at this version; the log will tell. */
  committed(version: number): void;
  /** Bookmarks have no version: they count at once. */
  bookmarked(number: number, on: boolean): void;
}

type Show = (log: ChannelLog) => ChannelLog;

export function createActs(channel: Id, connection: Connection, { changed, committed, bookmarked }: ActsSurroundings): Acts {
  let acts: readonly { show: Show; version: number }[] = [];

  /** Shows the act while it is carried out, and then until the log is at the version that the work answers. */
  async function during(show: Show, work: () => Promise<number>): Promise<void> {
    const act = { show, version: Number.POSITIVE_INFINITY };
    acts = [...acts, act];
    changed();
    try {
      act.version = await work();
    } catch (error) {
      acts = acts.filter((one) => one !== act);
      throw error;
    } finally {
      changed();
    }
  }

  /** Asks for a change and answers the version at which it is made; 0 when there was nothing to change. */
  async function ask(frame: Asking): Promise<number> {
    const answer = await connection.ask(frame);
    if (answer.type !== 'ack') return 0;
    committed(answer.version);
    return answer.version;
  }

  return {
    over: (log) => acts.reduce((shown, { show }) => show(shown), log),
    arrived(version) {
      if (acts.some((act) => act.version <= version)) acts = acts.filter((act) => act.version > version);
    },
    forget() {
      acts = [];
    },
    edit: (number, body) => during(showEdit(number, body), () => ask({ type: 'edit', channel, number, body })),
    delete: (number, reason) => during(showDeletion(number), () => ask({ type: 'delete', channel, number, ...withReason(reason) })),
    async restore(number, reason) {
      await ask({ type: 'restore', channel, number, ...withReason(reason) });
    },
    react: (number, emoji, on) => during(showReaction(number, emoji, on), () => ask({ type: 'react', channel, number, emoji, on })),
    pin: (number, on) => during(showPin(number, on), () => ask({ type: 'pin', channel, number, on })),
    bookmark: (number, on) =>
      during(showBookmark(number, on), async () => {
        await connection.ask({ type: 'bookmark', channel, number, on });
        bookmarked(number, on);
        return 0;
      }),
  };
}

function withReason(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

const showEdit =
  (number: number, body: string): Show =>
  (log) =>
    withMessage(log, number, (message) => ({ ...message, body, editedAt: message.editedAt ?? now() }));

const showDeletion =
  (number: number): Show =>
  (log) =>
    withMessage(log, number, (message) => ({
      ...message,
      body: null,
      reactions: [],
      deletedAt: message.deletedAt ?? now(),
      pinnedAt: null,
    }));

const showPin =
  (number: number, on: boolean): Show =>
  (log) =>
    withMessage(log, number, (message) => ({ ...message, pinnedAt: on ? (message.pinnedAt ?? now()) : null }));

const showBookmark =
  (number: number, on: boolean): Show =>
  (log) =>
    withMark(log, number, () => ({ bookmarked: on }));

/** Where the log has it already, nothing is added. */
const showReaction =
  (number: number, emoji: string, on: boolean): Show =>
  (log) => {
    const isOn = log.marks.get(number)?.emoji.includes(emoji) ?? false;
    if (isOn === on || messageAt(log, number) === undefined) return log;
    const counted = withMessage(log, number, (message) => ({ ...message, reactions: recount(message.reactions, emoji, on ? 1 : -1) }));
    return withMark(counted, number, (mark) => withEmoji(mark, emoji, on));
  };

function recount(reactions: readonly ReactionCount[], emoji: string, by: 1 | -1): ReactionCount[] {
  if (by > 0 && !reactions.some((one) => one.emoji === emoji)) return [...reactions, { emoji, count: 1 }];
  return reactions.map((one) => (one.emoji === emoji ? { emoji, count: one.count + by } : one)).filter(({ count }) => count > 0);
}

function now(): string {
  return new Date().toISOString();
}
