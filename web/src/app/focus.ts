import { nextTick } from 'vue';
import { type RouteLocationNormalized, type Router, START_LOCATION } from 'vue-router';

/** So long a page may take to show its heading. */
const patienceMs = 4_000;

/**
 * A new page is told by its heading: the focus goes there, unless the page has put it somewhere better, such as a
 * composer. Not when only the address of what is shown was made more exact.
 */
export function followFocus(router: Router): void {
  let turn = 0;
  router.afterEach(async (to, from, failure) => {
    if (failure !== undefined || from === START_LOCATION || pageOf(to) === pageOf(from)) return;
    const mine = ++turn;
    const before = document.activeElement;
    const end = Date.now() + patienceMs;
    let given: HTMLElement | null = null;
    await nextTick();
    // A heading that is drawn anew, for its page has come, takes the focus along.
    while (mine === turn && Date.now() < end) {
      const now = document.activeElement;
      if ((now !== before && now !== given && now !== document.body) || isWriting(now)) return;
      const heading = document.querySelector<HTMLElement>('#main h1');
      if (heading !== null && heading !== now) {
        heading.focus({ preventScroll: true });
        given = heading;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}

/** A keyboard that comes up takes room: what is being written in stays in sight. Called once. */
export function keepFieldInSight(): void {
  window.addEventListener('resize', () => {
    const now = document.activeElement;
    if (isWriting(now)) now?.scrollIntoView({ block: 'nearest' });
  });
}

/** The page, whatever message of it is shown. */
export function pageOf({ name, params }: RouteLocationNormalized): string {
  const { number: _, ...rest } = params;
  return JSON.stringify([name, rest]);
}

function isWriting(focused: Element | null): boolean {
  return focused !== null && /^(input|textarea)$/.test(focused.localName) && focused.closest('#main') !== null;
}
