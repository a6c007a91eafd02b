import { readonly, ref, shallowRef } from 'vue';

export interface Toast {
  text: string;
  kind?: 'info' | 'problem';
  action?: { label: string; run(): void };
}

interface Shown extends Toast {
  id: number;
}

const shown = shallowRef<readonly Shown[]>([]);
const held = ref(false);
let last = 0;

export const toasts = readonly(shown) as Readonly<typeof shown>;

/** Says something that has no place of its own on the page, for some seconds. */
export function toast(given: Toast): void {
  const id = ++last;
  const { text, action } = given;
  // The same said again takes the place of the first; never more than three at once.
  shown.value = [...shown.value.filter((other) => other.text !== text).slice(-2), { ...given, id }];
  let left = action === undefined && given.kind !== 'problem' ? 5 : 10;
  const ticking = setInterval(() => {
    if (!held.value) left--;
    if (left > 0) return;
    clearInterval(ticking);
    dismiss(id);
  }, 1_000);
}

export function dismiss(id: number): void {
  shown.value = shown.value.filter((other) => other.id !== id);
}

/** While somebody reads or reaches for them they stay. */
export function hold(on: boolean): void {
  held.value = on;
}
