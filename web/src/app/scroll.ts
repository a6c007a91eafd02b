import type { RouterScrollBehavior } from 'vue-router';

/** Back and forward keep the place; a new page begins at its top. */
export const keepScroll: RouterScrollBehavior = (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 });
