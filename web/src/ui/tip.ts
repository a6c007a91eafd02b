/** Where the words of a tooltip stand. */
export type Side = 'top' | 'right' | 'bottom' | 'left';

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const gap = 6;
const edge = 8;

/** The upper left corner of a tip beside a box: on the wanted side if there is room, else on the other, never over the edge. */
export function besides(
  box: Box,
  tip: { width: number; height: number },
  screen: { width: number; height: number },
  side: Side,
): { left: number; top: number } {
  const middle = { left: (box.left + box.right - tip.width) / 2, top: (box.top + box.bottom - tip.height) / 2 };
  const at: Record<Side, { left: number; top: number }> = {
    top: { left: middle.left, top: box.top - gap - tip.height },
    bottom: { left: middle.left, top: box.bottom + gap },
    left: { left: box.left - gap - tip.width, top: middle.top },
    right: { left: box.right + gap, top: middle.top },
  };
  const others: Record<Side, Side> = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' };
  const { left, top } = [at[side], at[others[side]]].find((place) => isWithin(place)) ?? at[side];
  return { left: clamp(left, screen.width - tip.width), top: clamp(top, screen.height - tip.height) };

  function isWithin(place: { left: number; top: number }): boolean {
    const upright = side === 'top' || side === 'bottom';
    return upright ? place.top >= 0 && place.top + tip.height <= screen.height : place.left >= 0 && place.left + tip.width <= screen.width;
  }
}

function clamp(value: number, most: number): number {
  return Math.max(edge, Math.min(value, most - edge));
}
