import { onScopeDispose } from 'vue';

export interface Pause {
  /** The list was scrolled. */
  moved(isDown: boolean): void;
  /** Rows may come at the start of the list, or go there (`cut`). */
  mayShift(cut: boolean): boolean;
}

/** A pause in scrolling; rows that come at the start need none while one scrolls up to them. */
const shortMs = 250;
/** Long enough that hardly anybody goes on in the very moment after. */
const longMs = 3000;

/** Knows when a list stands still. @param resume what had to wait may be done now, or a part of it */
export function usePause(resume: () => void): Pause {
  let wasDown = false;
  let isShort = true;
  let isLong = true;
  let short = 0;
  let long = 0;

  onScopeDispose(() => {
    window.clearTimeout(short);
    window.clearTimeout(long);
  });
  return {
    moved(isDown) {
      const hasTurned = wasDown && !isDown;
      wasDown = isDown;
      isShort = false;
      isLong = false;
      window.clearTimeout(short);
      window.clearTimeout(long);
      short = window.setTimeout(() => {
        isShort = true;
        resume();
      }, shortMs);
      long = window.setTimeout(() => {
        isLong = true;
        resume();
      }, longMs);
      if (hasTurned) resume();
    },
    mayShift: (cut) => (cut ? isLong : isShort || !wasDown),
  };
}
