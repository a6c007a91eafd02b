import { nextTick } from 'vue';
import { type Router, START_LOCATION } from 'vue-router';

/**
 * A new page is told by its heading: the focus goes there, unless the page has put it somewhere better, such as a
 * composer. Not when only the address of what is shown was made more exact.
 */
export function followFocus(router: Router): void {
  router.afterEach(async (to, from, failure) => {
    if (failure !== undefined || from === START_LOCATION || isSamePage()) return;
    const before = document.activeElement;
    await nextTick();
    const now = document.activeElement;
    if (now !== before && now !== document.body) return;
    if (now instanceof HTMLElement && now.closest('#main') !== null && /^(input|textarea)$/.test(now.localName)) return;
    document.querySelector<HTMLElement>('#main h1')?.focus({ preventScroll: true });

    function isSamePage(): boolean {
      const { number: _to, ...there } = to.params;
      const { number: _from, ...here } = from.params;
      return to.name === from.name && JSON.stringify(there) === JSON.stringify(here);
    }
  });
}
