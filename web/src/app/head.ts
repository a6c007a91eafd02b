import { type Router, START_LOCATION } from 'vue-router';
import { pageOf } from './focus.ts';

/** What the server says in the document's head of the page that was opened first. */
const said = [
  ...['canonical', 'alternate', 'prev', 'next'].map((rel) => `link[rel=${rel}]`),
  ...['meta[name=description]', 'meta[name^="twitter:"]', 'meta[property^="og:"]', 'script[type="application/ld+json"]'],
].join();

/** Of any other page it is not true: whoever shares that one would share the first. Called once. */
export function forgetHead(router: Router): void {
  const stop = router.afterEach((to, from) => {
    if (from === START_LOCATION || pageOf(to) === pageOf(from)) return;
    for (const element of document.head.querySelectorAll(said)) element.remove();
    stop();
  });
}
