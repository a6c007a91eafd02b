import { useRoute, useRouter } from 'vue-router';
import { unread } from '../people/names.ts';
import { t } from '../texts/index.ts';
import { live } from '../wire/session.ts';
import { announce } from './announce.ts';
import { useKeys } from './keys.ts';
import { placeOf } from './places.ts';
import { allInOrder } from './sideOrder.ts';
import { callsIn, isPersonal } from './unread.ts';

/** The keys that go from channel to channel. */
export function useChannelKeys(): void {
  const route = useRoute();
  const router = useRouter();
  useKeys([
    { keys: 'Alt+ArrowUp', label: 'app.keyPrevious', whileTyping: true, run: () => step(-1) },
    { keys: 'Alt+ArrowDown', label: 'app.keyNext', whileTyping: true, run: () => step(1) },
    { keys: 'Alt+Shift+ArrowDown', label: 'app.keyUnread', whileTyping: true, run: nextUnread },
  ]);

  /** Within what the side bar shows. */
  function step(by: 1 | -1): void {
    const slug = route.params['slug'];
    const community = live.value.communities.find((mine) => mine.community.slug === slug)?.community.id;
    const shown = allInOrder().filter((mine) => (slug === undefined ? isPersonal(mine) : mine.channel.community === community));
    const at = shown.findIndex(({ channel }) => channel.id === route.params['channel']);
    const next = shown[at === -1 ? (by === 1 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length];
    if (next !== undefined) void router.push(placeOf(next.channel));
  }

  /** Anywhere: what calls me first. */
  function nextUnread(): void {
    const all = allInOrder();
    const at = all.findIndex(({ channel }) => channel.id === route.params['channel']);
    const around = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))];
    const next = around.find((mine) => callsIn(mine) > 0) ?? around.find((mine) => unread(mine) > 0);
    if (next === undefined) void announce(t('app.allRead'));
    else void router.push(placeOf(next.channel));
  }
}
