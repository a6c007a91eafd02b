import type { Id } from '../../../contracts/nouns.ts';
import type { MyMark } from '../../../contracts/wire.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Changed } from '../conversations/index.ts';
import type { Who } from '../policy/index.ts';

export { createReactions } from './create.ts';

export interface Reactions {
  /** Sets or takes back a reaction; doing it again changes nothing. */
  react(who: Who, input: { channel: Id; number: number; emoji: string; on: boolean }): Promise<Changed>;
  /** Which of these messages carry reactions of the caller. One query. */
  mine(who: Who, channel: Id, numbers: readonly number[]): Promise<Pick<MyMark, 'number' | 'emoji'>[]>;
  /** The caller's emoji on each of these messages of any channels, in the order asked. For messages that the caller was already given. One query. */
  mineOf(who: Who, refs: readonly { channel: Id; number: number }[]): Promise<string[][]>;
  /** Who reacted with this emoji. */
  people(who: Who, input: { channel: Id; number: number; emoji: string }, page: PageRequest): Promise<Page<Id>>;
}
