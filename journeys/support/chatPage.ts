/** A chat as people see it in the browser: where they write, what they read, what they press. */
import type { Locator, Page } from 'playwright-core';
import type { Someone } from './api.ts';
import { visitAs } from './visitAs.ts';
import type { TestBrowser, Visitor } from './visitors.ts';

/** Opens a chat as that person sees it, where one can write then. */
export async function enterChat(
  browser: TestBrowser,
  person: Someone,
  path: string,
  more?: Parameters<typeof visitAs>[3],
): Promise<Visitor> {
  const visitor = await visitAs(browser, person, path, more);
  await composerOf(visitor.page).waitFor();
  return visitor;
}

export function composerOf(page: Page): Locator {
  return page.getByRole('textbox', { name: /^Write (in|to) / });
}

export function feedOf(page: Page): Locator {
  return page.getByRole('feed', { name: 'Messages' });
}

/** The messages on the page that say this themselves; those that only quote it are others. */
export function messageOf(page: Page, words: string | RegExp): Locator {
  return feedOf(page).getByRole('article', { name: words });
}

/** Writes and sends. */
export async function say(page: Page, words: string): Promise<void> {
  await composerOf(page).fill(words);
  await composerOf(page).press('Enter');
}

/** Opens the menu of a message and picks from it. */
export async function choose(page: Page, message: Locator, label: string): Promise<void> {
  await message.hover();
  await message.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: label }).click();
}

/** A message as it lies on the screen. */
export interface Seen {
  number: number;
  words: string;
  /** Pixels below the upper edge of the list. */
  top: number;
}

/** What of the list is on the screen, once nothing moves any more. */
export async function onScreen(page: Page): Promise<Seen[]> {
  const [seen = []] = await look(page, []);
  return seen;
}

/** Scrolls by so many pixels with every frame, never pausing, and answers with what was on the screen before and after each. */
export function scrollWithoutPause(page: Page, steps: readonly number[]): Promise<Seen[][]> {
  return look(page, steps);
}

function look(page: Page, steps: readonly number[]): Promise<Seen[][]> {
  return feedOf(page).evaluate(async (feed, all) => {
    const box = feed.parentElement;
    if (box === null) throw new Error('The list is nowhere.');
    const now = (): Seen[] => {
      const { top, bottom } = box.getBoundingClientRect();
      return [...feed.querySelectorAll<HTMLElement>('[role=article], article')].flatMap((article) => {
        const rect = article.getBoundingClientRect();
        if (rect.bottom <= top || rect.top >= bottom) return [];
        return [{ number: Number(article.ariaPosInSet), words: article.ariaLabel ?? '', top: Math.round(rect.top - top) }];
      });
    };
    // A frame's rows are measured after its callbacks, before it is painted.
    const painted = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const mayScroll = (pixels: number) => {
      const top = box.scrollTop + pixels;
      return top >= 0 && top + box.clientHeight <= box.scrollHeight;
    };
    let before = '';
    for (let same = 0; same < 12; ) {
      await new Promise(requestAnimationFrame);
      const after = JSON.stringify([now(), feed.ariaBusy]);
      same = after === before && feed.ariaBusy !== 'true' && now().length > 0 ? same + 1 : 0;
      before = after;
    }
    const seen = [now()];
    for (const pixels of all) {
      // At an edge a page is on its way.
      while (!mayScroll(pixels)) await painted();
      box.scrollBy({ top: pixels, behavior: 'instant' });
      await painted();
      seen.push(now());
    }
    return seen;
  }, steps);
}

/** Turns the wheel over the list and answers with what is on the screen then. */
export async function scroll(page: Page, pixels: number): Promise<Seen[]> {
  await feedOf(page)
    .locator('..')
    .hover({ position: { x: 200, y: 200 } });
  await page.mouse.wheel(0, pixels);
  return onScreen(page);
}

/** The same once there is room for all of it: at an edge a page is on its way. */
export async function scrollWithRoom(page: Page, pixels: number): Promise<Seen[]> {
  await feedOf(page)
    .locator('..')
    .evaluate(async (box, by) => {
      const isRoom = () => box.scrollTop + by >= 0 && box.scrollTop + by + box.clientHeight <= box.scrollHeight;
      while (!isRoom()) await new Promise(requestAnimationFrame);
    }, pixels);
  return scroll(page, pixels);
}

/** Reads the whole list from its first message to its last, as one who scrolls; by number. */
export async function readThrough(page: Page): Promise<Map<number, string>> {
  const read = new Map<number, string>();
  let seen = await onScreen(page);
  while ((seen[0]?.number ?? 1) > 1) seen = await scroll(page, -2000);
  for (let last = 0; last !== seen.at(-1)?.number; seen = await scroll(page, 400)) {
    last = seen.at(-1)?.number ?? 0;
    for (const { number, words } of seen) {
      const before = read.get(number);
      if (before !== undefined && before !== words) throw new Error(`Message ${number} said "${before}", and now it says "${words}".`);
      read.set(number, words);
    }
  }
  return read;
}
