import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id, Person, Profile } from '../../../contracts/nouns.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Who } from '../policy/who.ts';

/** What others see: handle, name, profile. */
export interface People {
  /** People of the caller's application, in the order of `ids`; null where there is none. One query. */
  profiles(who: Who, ids: readonly Id[]): Promise<(Profile | null)[]>;
  /** By id or handle (`@ana` or `ana`). @throws not_found */
  profile(who: Who, input: { id?: Id | undefined; handle?: string | undefined }): Promise<Profile>;
  /** Directory: part of a name or handle, accents and case ignored; best match first, without a search by age. */
  search(who: Who, input: { q?: string | undefined }, page: PageRequest): Promise<Page<Profile>>;
  /** Only one's own. */
  update(who: Who, input: { name?: string | undefined; handle?: string | undefined; about?: string | undefined; interests?: string[] | undefined; avatar?: string | null | undefined }): Promise<Profile>;
  forget(event: AccessEvent | 'everything'): void;
}
