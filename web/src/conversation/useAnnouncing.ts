import { onScopeDispose, watch } from 'vue';
import type { ChannelLog } from '../../../client/channelLog.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { excerpt } from '../../../markup/excerpt.ts';
import { announce } from '../app/announce.ts';
import { t } from '../texts/index.ts';

const gatheredMs = 2500;

/** Tells those who listen what others write, when it comes, gathered: never more often than every few seconds. */
export function useAnnouncing(log: () => ChannelLog | null, me: () => Id | null, nameOf: (id: Id) => string): void {
  let told = 0;
  let channel = '';
  let timer = 0;

  function tell(): void {
    timer = 0;
    const now = log();
    if (now === null || now.details.id !== channel) return;
    const fresh = now.messages.filter(({ number, author, body }) => number > told && author !== me() && body !== null);
    const count = Math.max(fresh.length, now.atEnd ? 0 : now.number - told);
    told = now.number;
    const [one] = fresh;
    if (count === 1 && one !== undefined)
      void announce(t('conversation.heard', { name: nameOf(one.author), words: excerpt(one.body ?? '', 200) }));
    else if (count > 1) void announce(t('conversation.heardMany', { count }));
  }

  watch(log, (now) => {
    if (now === null) return;
    if (channel !== now.details.id) {
      channel = now.details.id;
      told = now.number;
    }
    if (now.number > told && timer === 0) timer = window.setTimeout(tell, gatheredMs);
  });
  onScopeDispose(() => window.clearTimeout(timer));
}
