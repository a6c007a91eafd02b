/** Brings an element to the middle of what scrolls it, or to its top when it is tall. Nothing else on the page moves. */
export function scrollTo(element: HTMLElement, smoothly: boolean): void {
  const box = scrollerOf(element);
  const { top, height } = element.getBoundingClientRect();
  const room = box.clientHeight;
  const margin = height > room * 0.7 ? 24 : (room - height) / 2;
  box.scrollTo({ top: box.scrollTop + top - box.getBoundingClientRect().top - margin, behavior: smoothly ? 'smooth' : 'instant' });
}

function scrollerOf(element: HTMLElement): Element {
  for (let box = element.parentElement; box !== null; box = box.parentElement)
    if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
  return document.documentElement;
}
