import type { RouteLocationNormalizedLoaded, Router } from 'vue-router';

/** To where one wanted to go before one was asked to sign in; only ever within this page. */
export async function goOn(router: Router, route: RouteLocationNormalizedLoaded): Promise<void> {
  const { to } = route.query;
  await router.replace(typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/');
}
