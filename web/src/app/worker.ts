/** Lets the browser keep the page itself, once it is shown and quiet; see `web/public/sw.js`. */
export function keepPage(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () => {
    navigator.serviceWorker.register('/sw.js').catch(() => {
      // Without it the page works all the same, as long as there is a network.
    });
  };
  if (document.readyState === 'complete') register();
  else window.addEventListener('load', register, { once: true });
}

/**
 * A part of the page that the server has no more, for it got a newer one: loads the page anew, once for each address.
 * Not while no server answers: what is on the screen would be lost for nothing.
 */
export function mendMissingParts(): void {
  window.addEventListener('vite:preloadError', () => void mend());
}

async function mend(): Promise<void> {
  const place = 'plaza.look.mended';
  if (sessionStorage.getItem(place) === location.href) return;
  const isThere = await fetch('/healthz', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isThere) return;
  sessionStorage.setItem(place, location.href);
  location.reload();
}
