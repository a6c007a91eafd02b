const longMs = 450;
const stillPx = 10;

/** Listeners for a finger that rests: what a right click is for a mouse. They never stand in the way of scrolling. */
export function useLongPress(act: () => void) {
  let timer = 0;
  let from = { x: 0, y: 0 };
  let isHeld = false;

  function end(): void {
    window.clearTimeout(timer);
  }

  return {
    onPointerdown(event: PointerEvent) {
      if (event.pointerType !== 'touch') return;
      // What can be pressed by itself keeps its own press.
      if (event.target instanceof Element && event.target.closest('a, button, input, textarea, pre, [role=menu]') !== null) return;
      from = { x: event.clientX, y: event.clientY };
      isHeld = false;
      const { currentTarget } = event;
      timer = window.setTimeout(() => {
        isHeld = true;
        if (currentTarget instanceof HTMLElement) currentTarget.focus({ preventScroll: true });
        window.requestAnimationFrame(act);
      }, longMs);
    },
    onPointermove(event: PointerEvent) {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > stillPx) end();
    },
    onPointerup: end,
    onPointercancel: end,
    // Lifting the finger is no click, which would close again what it opened.
    onTouchend(event: TouchEvent) {
      if (isHeld) event.preventDefault();
      isHeld = false;
    },
    onContextmenu(event: MouseEvent) {
      if (event instanceof PointerEvent && event.pointerType === 'touch') event.preventDefault();
    },
  };
}
