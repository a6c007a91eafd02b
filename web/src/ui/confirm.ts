import { readonly, shallowRef } from 'vue';

export interface Question {
  title: string;
  text?: string;
  /** What the button says: the verb of what will be done. */
  action: string;
  danger?: boolean;
  /** Label of a field that asks why; without it none is asked. */
  reason?: string;
  /** Must be typed before the button works: for what cannot be undone. */
  name?: string;
}

interface Asked extends Question {
  answer(given: { reason: string } | null): void;
}

const current = shallowRef<Asked | null>(null);
/** What is asked just now; `ConfirmDialog.vue` shows it. */
export const asked = readonly(current) as Readonly<typeof current>;

/** Asks before something is done that is hard to undo: the reason (empty where none was asked for), or null for no. */
export function confirm(question: Question): Promise<{ reason: string } | null> {
  current.value?.answer(null);
  return new Promise((resolve) => {
    current.value = {
      ...question,
      answer(given) {
        current.value = null;
        resolve(given);
      },
    };
  });
}
