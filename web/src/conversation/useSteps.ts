import { nextTick, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import { stepsTo } from './steps.ts';

export interface Shown<Row> {
  rows: Readonly<ShallowRef<readonly Row[]>>;
  /** For the virtual list: rows came or went at the start. */
  shift: Readonly<Ref<boolean>>;
  /** Moves when the list begins anew. */
  turn: Readonly<Ref<number>>;
  /** Does what had to wait. */
  resume(): void;
}

/**
 * What a virtual list is given, step by step.
 * @param shown called after each change, once the list is drawn; `fresh` where it began anew
 * @param mayShift whether rows may come (`cut`: go) at the start just now. After that the virtual list keeps its place from
 * the end until the next pause: while one scrolls down, each row measured below would move what one reads. What has to wait
 * is done by `resume`; rows that should go stay so long, far off the screen.
 */
export function useSteps<Row extends { id: string }>(
  wanted: () => readonly Row[],
  shown: (fresh: boolean) => void,
  mayShift: (cut: boolean) => boolean,
): Shown<Row> {
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
        let isHeld = false;
        for (const step of stepsTo(rows.value, wanted())) {
          isHeld = step.shift && !mayShift(step.rows.length < rows.value.length);
          if (isHeld) break;
          // Only when the virtual list has been told of its last movement does it draw the right rows after a shift.
          if (step.shift) await new Promise(requestAnimationFrame);
          if (step.fresh) turn.value++;
          isFresh ||= step.fresh;
          shift.value = step.shift;
          rows.value = step.rows;
          await nextTick();
        }
        shown(isFresh);
        if (isHeld) return;
      }
    } finally {
      isGoing = false;
    }
  }

  watch(wanted, go, { immediate: true });
  return { rows, shift, turn, resume: () => void go() };
}
