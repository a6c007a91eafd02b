import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id, Person, Profile } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { createMemory } from '../../kit/memory.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Who } from '../policy/index.ts';
import { add } from './add.ts';
import { avatar } from './avatar.ts';
import type { Known, PeopleDeps } from './deps.ts';
import { presence } from './presence.ts';
import { profile } from './profile.ts';
import { profiles, remembered } from './profiles.ts';
import { search } from './search.ts';
import { setAvatar } from './setAvatar.ts';
import { update } from './update.ts';

/** What others see: handle, name, profile. */
export { bringInLooks, bringInPeople, type PastPerson } from './history.ts';
export { cleanQuery, named } from './named.ts';

/** What a person says of the present; without `until` it does not end by itself. */
export interface StatusInput {
  /** One, or none. */
  emoji?: string | null | undefined;
  /** At most 80 characters. */
  text?: string | null | undefined;
  /** ISO 8601, in the future. */
  until?: string | null | undefined;
}

export interface People {
  /** People of the caller's application, in the order of `ids`; null where there is none. One query. */
  profiles(who: Who, ids: readonly Id[]): Promise<(Profile | null)[]>;
  /** The same for one whom this process remembers, at once; null where it does not, and `profiles` has to be asked. */
  remembered(who: Who, id: Id): Profile | null;
  /** By id or handle (`@ana` or `ana`). @throws not_found */
  profile(who: Who, input: { id?: Id | undefined; handle?: string | undefined }): Promise<Profile>;
  /** Directory: part of a name or handle, accents and case ignored; best match first, without a search by age. */
  search(who: Who, input: { q?: string | undefined }, page: PageRequest): Promise<Page<Profile>>;
  /** Only one's own. @throws taken when somebody has the handle */
  update(
    who: Who,
    input: {
      name?: string | undefined;
      handle?: string | undefined;
      about?: string | undefined;
      interests?: string[] | undefined;
      /** Null takes the picture away; nothing else is taken here. */
      avatar?: string | null | undefined;
      /** Null, or one without emoji and text, takes it away. */
      status?: StatusInput | null | undefined;
    },
  ): Promise<Profile>;
  /**
   * Gives oneself a picture: PNG, JPEG, WebP, AVIF or the first frame of a GIF, at most 5 MB and 50 million pixels. It is
   * cut to a square of 256 pixels; nothing that the file says besides (place, camera) is kept.
   * @throws invalid_input for what is no whole picture of these kinds; too_large; unavailable when many wait
   */
  setAvatar(who: Who, image: Uint8Array): Promise<Profile>;
  /** A picture (WebP) by the hash at the end of its path; null where it is no more. Whoever knows the path may see it. */
  avatar(hash: string): Promise<Uint8Array | null>;
  /**
   * A new person, within the transaction that makes what the person stands for. Without a handle one is made of the name.
   * @throws invalid_input, taken
   */
  add(
    tx: Transaction,
    input: { application: Id; account: Id | null; name: string; handle?: string | undefined; bot?: boolean },
  ): Promise<Person>;
  /** Tells all processes who is online with this one, or is no more. For our own faces, not for callers; it may get lost. */
  presence(people: readonly Id[], online: boolean): Promise<void>;
  /** What was remembered of this scope is forgotten. Called for each access event of the feed. */
  forget(event: AccessEvent | 'everything'): void;
  /** False while the feed is broken: nothing is remembered then. */
  remember(on: boolean): void;
}

export function createPeople(given: PeopleDeps): People {
  const known: Known = createMemory(50_000);
  const deps = { ...given, known };
  return {
    profiles: profiles(deps),
    remembered: remembered(deps),
    profile: profile(deps),
    search: search(deps),
    update: update(deps),
    setAvatar: setAvatar(deps),
    avatar: avatar(deps),
    add: add(),
    presence: presence(deps),
    forget(event) {
      if (event === 'everything') known.forgetAll();
      // With a channel or community the event speaks of a membership, not of the person.
      else if (event.person && !event.channel && !event.community) known.forget(event.person);
    },
    remember: (on) => known.remember(on),
  };
}
