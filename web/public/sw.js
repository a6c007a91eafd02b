// Keeps the page itself on the device, so that it opens without a network and while the server starts again. What
// people wrote is never kept here. The build writes its stamp and its files into the two lines below.
const shelf = 'plaza-STAMP';
const files = ['FILES'];

/** Pages of the server that are not this page. */
const others = /^\/(v1|graphql|docs|errors|healthz|readyz|metrics|sitemap|robots\.txt)\b|\.xml$/;

self.addEventListener('install', (event) => event.waitUntil(fill()));
self.addEventListener('activate', (event) => event.waitUntil(tidy()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && !others.test(pathname)) event.respondWith(fresh(request));
  else if (pathname.startsWith('/assets/')) event.respondWith(kept(request));
});

async function fill() {
  const cache = await caches.open(shelf);
  await cache.addAll(['/', ...files]);
  await self.skipWaiting();
}

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith('plaza-') && name !== shelf);
  // The shelf before stays for the tabs that still run on it.
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From the server; where none answers as it should, the page as it was kept, which then says that it is offline. */
async function fresh(request) {
  const answer = await fetch(request).catch(() => null);
  if (answer !== null && answer.status < 500) return answer;
  const cache = await caches.open(shelf);
  return (await cache.match('/', { ignoreVary: true })) ?? answer ?? Response.error();
}

/** Files named by their content never change: one that is here is the right one. */
async function kept(request) {
  const known = await caches.match(request, { ignoreVary: true });
  if (known !== undefined) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(shelf);
    await cache.put(request, answer.clone());
  }
  return answer;
}
