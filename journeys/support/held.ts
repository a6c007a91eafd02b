/** What goes between a page and the server, held on its way: for what may happen meanwhile. Hold it before it is asked for. */
import type { Page } from 'playwright-core';
import { until } from './wait.ts';

/** The page comes to no live connection until it is let. */
export async function holdConnection(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.routeWebSocket('**/socket', async (socket) => {
    await promise;
    socket.connectToServer();
  });
  return resolve;
}

/** What the page says of this type does not come to the server until it is let. */
export async function holdFrames(page: Page, type: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.routeWebSocket('**/socket', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      if (JSON.parse(String(frame)).type === type) void promise.then(() => server.send(frame));
      else server.send(frame);
    });
  });
  return resolve;
}

/** The server answers these queries, and the answers do not come to the page until they are let. */
export async function holdAnswers(page: Page, ...names: string[]): Promise<{ made(): Promise<void>; letGo(): Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const made = new Set<string>();
  await page.route('**/graphql', async (route) => {
    const { operationName } = route.request().postDataJSON();
    if (!names.includes(operationName)) return route.fallback();
    const answer = await route.fetch();
    made.add(operationName);
    await promise;
    return route.fulfill({ response: answer });
  });
  return {
    made: () => until(`${names} are answered`, () => made.size === names.length),
    async letGo() {
      resolve();
      await page.unrouteAll({ behavior: 'wait' });
    },
  };
}
