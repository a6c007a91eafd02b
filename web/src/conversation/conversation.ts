/** One conversation on the screen: what its parts share. */
import { type ComputedRef, computed, type InjectionKey, inject, provide, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import type { RouteLocationRaw } from 'vue-router';
import type { ChannelView, OpenChannel } from '../../../client/openChannel.ts';
import type { At } from '../../../client/pager.ts';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id, Message, Person } from '../../../contracts/nouns.ts';
import { placeOf } from '../app/places.ts';
import { useMyRole } from '../communities/useMyRole.ts';
import { channelName } from '../people/names.ts';
import { explain } from '../ui/explain.ts';
import { toast } from '../ui/toast.ts';
import { globalId } from '../wire/ids.ts';
import { useQuery } from '../wire/query.ts';
import { live, me } from '../wire/session.ts';
import { ChannelDetails, type Details } from './channelDetails.ts';
import { useChannel } from './useChannel.ts';

export type May = Details['may'];
const nothing: May = { post: false, react: false, pin: false, change: false, deleteOthers: false, mentionEveryone: false };

export interface Conversation {
  id: ComputedRef<Id>;
  channel: Readonly<ShallowRef<OpenChannel | null>>;
  /** For what is sent; there before the channel is open. */
  early: Readonly<ShallowRef<OpenChannel | null>>;
  view: Readonly<ShallowRef<ChannelView>>;
  error: Readonly<ShallowRef<PlazaError | null>>;
  again(): void;
  /** Name, topic, kind … as they are now; null until they are known. */
  channelNow: ComputedRef<Channel | null>;
  details: ComputedRef<Details | null>;
  may: ComputedRef<May>;
  name: ComputedRef<string>;
  /** The others of a direct or group channel. */
  others: ComputedRef<readonly Person[]>;
  personOf(id: Id): Person | undefined;
  /** A message, if it is loaded. */
  messageOf(number: number): Message | undefined;
  /** Which message is answered, edited, led to. */
  replying: Ref<number | null>;
  editing: Ref<number | null>;
  highlighted: Ref<number | null>;
  /** Messages picked to make a discussion of; null when none are being picked. */
  picked: ShallowRef<ReadonlySet<number> | null>;
  /** A key was pressed on a message that only its own bar can answer. */
  asked: ShallowRef<{ number: number; what: 'menu' | 'emoji' } | null>;
  /** Leads to a message, however far. */
  show(number: number): void;
  linkTo(number: number): RouteLocationRaw;
  /** Does something in the channel; says so where it is refused. */
  attempt(work: (channel: OpenChannel) => Promise<unknown>): Promise<boolean>;
  /** Something is attempted, and not answered yet. */
  acting: ComputedRef<boolean>;
  refresh(): void;
}

const key: InjectionKey<Conversation> = Symbol('conversation');

/** Opens a conversation and gives it to the components below. @param at where its window stands at first */
export function provideConversation(id: () => Id, at: () => At, show: (number: number) => void): Conversation {
  const { channel, early, view, error, again } = useChannel(id, at);
  const details = useQuery(ChannelDetails, () => (me.value === null ? null : { channel: globalId('Channel', id()) }));
  const known = computed(() => (details.data.value?.channel?.id === id() ? details.data.value.channel : null));
  const mine = computed(() => live.value.channels.get(id()));
  const channelNow = computed(() => view.value.log?.details ?? mine.value?.channel ?? null);

  // What I may do follows what I am, and what the channel is.
  useMyRole(() => known.value?.community, details.again);
  watch(
    () => JSON.stringify(view.value.log?.details),
    (_, before) => before !== undefined && details.again(),
  );

  const attempts = ref(0);
  const others = computed(() => (mine.value?.people ?? []).filter((person) => person.id !== me.value?.id));
  const conversation: Conversation = {
    id: computed(id),
    channel,
    early,
    view,
    error,
    again,
    channelNow,
    details: known,
    may: computed(() => known.value?.may ?? nothing),
    name: computed(() => (channelNow.value === null ? '' : channelName(channelNow.value, others.value))),
    others,
    personOf: (person) => live.value.people.get(person),
    messageOf(number) {
      const { log } = view.value;
      return log === null ? undefined : log.messages[number - log.first];
    },
    replying: ref(null),
    editing: ref(null),
    highlighted: ref(null),
    picked: shallowRef(null),
    asked: shallowRef(null),
    show,
    linkTo(number) {
      const { value: now } = channelNow;
      if (now === null) return { name: 'go', params: { channel: id(), number } };
      const slug = known.value?.community?.slug;
      return slug === undefined ? placeOf(now, number) : { name: 'chat', params: { slug, channel: id(), number } };
    },
    async attempt(work) {
      if (channel.value === null) return false;
      attempts.value++;
      try {
        await work(channel.value);
        return true;
      } catch (problem) {
        toast({ text: explain(asRefusal(problem)), kind: 'problem' });
        return false;
      } finally {
        attempts.value--;
      }
    },
    acting: computed(() => attempts.value > 0),
    refresh: details.again,
  };
  watch(id, () => {
    conversation.replying.value = null;
    conversation.editing.value = null;
    conversation.highlighted.value = null;
    conversation.picked.value = null;
  });
  provide(key, conversation);
  return conversation;
}

/** The conversation around this component. */
export function useConversation(): Conversation {
  const found = inject(key);
  if (found === undefined) throw new Error('There is no conversation around this component.');
  return found;
}
