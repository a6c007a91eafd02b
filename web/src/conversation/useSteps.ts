import { nextTick, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import { stepsTo } from './steps.ts';

export interface Shown<Row> {
  rows: Readonly<ShallowRef<readonly Row[]>>;
  /** For the virtual list: rows came or went at the start. */
  shift: Readonly<Ref<boolean>>;
  /** Moves when the list begins anew. */
  turn: Readonly<Ref<number>>;
}

/**
 * What a virtual list is given, step by step.
 * @param shown called after each change, once the list is drawn; `fresh` where it began anew
 */
export function useSteps<Row extends { id: string }>(wanted: () => readonly Row[], shown: (fresh: boolean) => void): Shown<Row> {
  const rows = shallowRef<readonly Row[]>([]);
  const shift = ref(false);
  const turn = ref(0);
  let isGoing = false;

  async function go(): Promise<void> {
    if (isGoing) return;
    isGoing = true;
    try {
      while (rows.value !== wanted()) {
        let isFresh = false;
        for (const step of stepsTo(rows.value, wanted())) {
          if (step.fresh) turn.value++;
          isFresh ||= step.fresh;
          shift.value = step.shift;
          rows.value = step.rows;
          await nextTick();
        }
        shown(isFresh);
      }
    } finally {
      isGoing = false;
    }
  }

  watch(wanted, go, { immediate: true });
  return { rows, shift, turn };
}
