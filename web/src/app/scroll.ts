/** Back and forward keep the place: of the window, and of the panes that scroll within it. */
import { onBeforeUnmount, type Ref, watch } from 'vue';
import { type Router, type RouterScrollBehavior, START_LOCATION, useRoute } from 'vue-router';

/** For pages that the window scrolls: those without the frame. */
export const keepScroll: RouterScrollBehavior = (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 });

interface Place {
  page: string;
  top: number;
}

const kept = 'plaza.look.places';
/** So many steps back are remembered. */
const most = 100;
const places = new Map<number, Place>(JSON.parse(sessionStorage.getItem(kept) ?? '[]'));
/** The entry of the history that is shown; moves when a page is gone to, not when its address is replaced. */
let position = history.state?.position ?? 0;

/** Follows the history. Called once, before the first navigation. */
export function followPlaces(router: Router): void {
  let isPop = false;
  router.options.history.listen(() => {
    isPop = true;
  });
  router.afterEach((_to, from) => {
    const before = position;
    position = history.state?.position ?? 0;
    // What was ahead is no longer: a new page begins there.
    if (!isPop && from !== START_LOCATION && position !== before)
      for (const entry of places.keys()) if (entry >= position) places.delete(entry);
    isPop = false;
  });
  window.addEventListener('pagehide', () => sessionStorage.setItem(kept, JSON.stringify([...places].slice(-most))));
}

/** Keeps where an element was scrolled to for each step of the history, and goes back there once what was there is there again. */
export function usePlace(element: Readonly<Ref<HTMLElement | null>>): void {
  const route = useRoute();
  let at = position;
  let stop = () => {};

  function note(): void {
    if (element.value === null || at !== position) return;
    places.set(at, { page: String(route.name), top: element.value.scrollTop });
  }

  function arrive(box: HTMLElement): void {
    stop();
    at = position;
    const place = places.get(at);
    const top = place?.page === String(route.name) ? place.top : 0;
    box.scrollTop = top;
    if (top > 0 && box.scrollTop < top) stop = climb(box, top);
  }

  watch(element, (box, _before, onCleanup) => {
    if (box === null) return;
    box.addEventListener('scroll', note, { passive: true });
    onCleanup(() => box.removeEventListener('scroll', note));
    arrive(box);
  });
  // The same page with something else in it.
  watch(
    () => route.fullPath,
    () => {
      if (element.value !== null && at !== position) arrive(element.value);
    },
    { flush: 'post' },
  );
  onBeforeUnmount(() => stop());
}

/** Goes on as the content grows, until it is there. */
function climb(box: HTMLElement, top: number): () => void {
  const stop = whileGrowing(box, () => {
    box.scrollTop = top;
    if (box.scrollTop >= top - 1) stop();
  });
  return stop;
}

/** Moves a box whenever what is in it takes another height, until it is told to stop, anything else scrolls it, or it takes too long. */
export function whileGrowing(box: Element, move: () => void): () => void {
  let top = box.scrollTop;
  const watcher = new ResizeObserver(() => {
    move();
    top = box.scrollTop;
  });
  const stop = () => {
    watcher.disconnect();
    clearTimeout(timer);
    box.removeEventListener('scroll', look);
    for (const type of hands) box.removeEventListener(type, stop);
  };
  const look = () => {
    if (Math.abs(box.scrollTop - top) > 1) stop();
  };
  const timer = setTimeout(stop, 5_000);
  box.addEventListener('scroll', look, { passive: true });
  for (const type of hands) box.addEventListener(type, stop, { passive: true });
  for (const child of box.children) watcher.observe(child);
  return stop;
}

const hands = ['wheel', 'touchmove', 'pointerdown', 'keydown'];
