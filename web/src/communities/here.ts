import { type ComputedRef, type InjectionKey, inject, provide } from 'vue';
import type { CommunityPageData } from './documents.ts';

export interface Here {
  community: ComputedRef<CommunityPageData>;
  /** Asks for it anew: something of it was changed. */
  again(): void;
}

const key: InjectionKey<Here> = Symbol('community');

/** The community whose pages are shown, for the pages within its frame. */
export function provideHere(here: Here): void {
  provide(key, here);
}

/** @throws outside of a community's frame */
export function useHere(): Here {
  const here = inject(key);
  if (here === undefined) throw new Error('This stands in the frame of a community only.');
  return here;
}
