/** Where one was lately, the latest first: what the quick switcher offers before anything is typed. */
import type { Router } from 'vue-router';

const kept = 'plaza.recent';
const most = 30;

/** Ids of channels, slugs of communities. */
export function recent(): string[] {
  const text = localStorage.getItem(kept);
  return text === null ? [] : (JSON.parse(text) as string[]);
}

/** Notes every visit. Called once. */
export function followVisits(router: Router): void {
  router.afterEach((to) => {
    const visited = to.params['channel'] ?? to.params['slug'];
    if (typeof visited !== 'string' || to.meta.bare === true) return;
    localStorage.setItem(kept, JSON.stringify([visited, ...recent().filter((other) => other !== visited)].slice(0, most)));
  });
}
