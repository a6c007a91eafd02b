import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startWorld, type World } from '../screenshots/world.ts';
import { signedIn } from './signedIn.ts';
import { tidyAfter } from './tidy.ts';
import type { TestBrowser, VisitorOptions } from './visitors.ts';

/** The world of the screenshots for the tests of a file; call it at the top. The answer gives it once tests run. */
export function useWorld(): () => World {
  let world: World | undefined;
  let tidy = async () => {};
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plaza-test-'));
    // PostgreSQL's own folder in there is closed; where root runs the tests, its user must get that far.
    await chmod(folder, 0o755);
    tidy = tidyAfter(folder);
    world = await startWorld(join(folder, 'world'));
  }, 300_000);
  afterAll(async () => {
    await world?.stop();
    await tidy();
  });
  return () => {
    if (world === undefined) throw new Error('The world is there once tests run, not before.');
    return world;
  };
}

/** Somebody who uses that world, on a device of their own, or a guest. */
export async function visitWorld(browser: TestBrowser, world: World, who: 'guest' | 'member', options: VisitorOptions): Promise<Page> {
  if (who === 'guest') return (await browser.visit(world.base, options)).page;
  const { tokens } = await world.signIn();
  return (await browser.visit(world.base, { ...options, kept: signedIn({ token: tokens.access, refresh: tokens.refresh }) })).page;
}

/** Goes there and waits until what belongs there is there, and not only its shape. */
export async function settleAt(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settle(page);
}

export async function settle(page: Page): Promise<void> {
  await page.locator('#app > main.discussion, #app > main.community, #app > main.directory').waitFor({ state: 'detached' });
  await page.getByRole('heading').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(
    () =>
      !document.querySelector('[aria-busy=true]') &&
      ![...document.querySelectorAll('[role=status]')].some((one) => one.classList.contains('late')) &&
      document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
}
