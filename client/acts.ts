import type { ReactionCount } from '../contracts/nouns.ts';
import { type ChannelLog, messageAt, withEmoji, withMark, withMessage } from './channelLog.ts';

/** What I did to messages and the log does not tell yet: shown at once, and taken away again when it is refused. */
export interface Acts {
  /** The log as it is shown. */
  over(log: ChannelLog): ChannelLog;
  /**
   * Shows the act while it is carried out, and then until the log is at the version at which it was committed.
   * @param work answers that version; 0 when the log has it already
   * @throws what the work throws; the act is no longer shown then
   */
  during(show: Show, work: () => Promise<number>): Promise<void>;
  /** The log tells what happened up to this version. */
  arrived(version: number): void;
  forget(): void;
}

type Show = (log: ChannelLog) => ChannelLog;

/** @param changed what is shown may be another now */
export function createActs(changed: () => void): Acts {
  let acts: readonly { show: Show; version: number }[] = [];

  return {
    over: (log) => acts.reduce((shown, { show }) => show(shown), log),
    async during(show, work) {
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
    },
    arrived(version) {
      if (acts.some((act) => act.version <= version)) acts = acts.filter((act) => act.version > version);
    },
    forget() {
      acts = [];
    },
  };
}

export const showEdit =
  (number: number, body: string): Show =>
  (log) =>
    withMessage(log, number, (message) => ({ ...message, body, editedAt: message.editedAt ?? now() }));

export const showDeletion =
  (number: number): Show =>
  (log) =>
    withMessage(log, number, (message) => ({
      ...message,
      body: null,
      reactions: [],
      deletedAt: message.deletedAt ?? now(),
      pinnedAt: null,
    }));

export const showPin =
  (number: number, on: boolean): Show =>
  (log) =>
    withMessage(log, number, (message) => ({ ...message, pinnedAt: on ? (message.pinnedAt ?? now()) : null }));

export const showBookmark =
  (number: number, on: boolean): Show =>
  (log) =>
    withMark(log, number, () => ({ bookmarked: on }));

/** Where the log has it already, nothing is added. */
export const showReaction =
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
