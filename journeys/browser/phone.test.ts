import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Channel } from '../../contracts/nouns.ts';
import { guestPaths } from '../screenshots/world.ts';
import { composerOf, feedOf } from '../support/chatPage.ts';
import { twoPeopleIn } from '../support/twoPeople.ts';
import { visitAs } from '../support/visitAs.ts';
import { useBrowser } from '../support/visitors.ts';
import { settle, settleAt, useWorld, visitWorld } from '../support/worldForTests.ts';

/** Smallest side of what a finger shall hit, in CSS pixels. */
const finger = 44;
const size = 'phone';
const browser = useBrowser();

/** What is wider than its place: the page itself, or something in it that would scroll sideways and is none of those that may. */
function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} wide`);
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0) continue;
      if (!/auto|scroll/.test(getComputedStyle(element).overflowX)) continue;
      // Code and tables of messages, and rows of tabs, tags and communities.
      if (element.matches('pre, table, nav ul, [role=group], textarea') || element.closest('pre, nav') !== null) continue;
      found.push(`<${element.localName} class="${element.className}"> is ${element.scrollWidth} wide in ${element.clientWidth}`);
    }
    for (const element of document.querySelectorAll<HTMLElement>('#main :is(h1, h2, h3, p, a, button, input, textarea, img, article)')) {
      const { right, left, width } = element.getBoundingClientRect();
      if (width === 0 || element.closest('pre, table, nav, .sr-only, [role=group]') !== null) continue;
      if (right > innerWidth + 1 || left < -1)
        found.push(`<${element.localName}> "${element.innerText.slice(0, 40)}" goes from ${left} to ${right}`);
    }
    return found;
  });
}

/** Of these, what is too small for a finger. */
async function tooSmall(targets: Locator): Promise<string[]> {
  await targets.first().waitFor();
  return targets.evaluateAll(
    (elements, least) =>
      elements.flatMap((element) => {
        const { width, height } = element.getBoundingClientRect();
        const isShown = width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
        if (!isShown || (width >= least && height >= least)) return [];
        return [`${element.ariaLabel ?? element.textContent?.trim()}: ${Math.round(width)} × ${Math.round(height)}`];
      }),
    finger - 0.5,
  );
}

describe('no page scrolls sideways', { timeout: 300_000 }, () => {
  const world = useWorld();

  test('to a guest', async () => {
    const page = await visitWorld(browser, world(), 'guest', { size });
    const { communities = '', community = '', about = '', discussion = '', nowhere = '' } = world().paths;
    for (const [name, path] of Object.entries({ ...guestPaths, communities, community, about, discussion, nowhere })) {
      await settleAt(page, path);
      expect({ name, found: await sideways(page) }).toEqual({ name, found: [] });
    }
  });

  test('to who is signed in', async () => {
    const page = await visitWorld(browser, world(), 'member', { size });
    const wide: { name: string; found: string[] }[] = [];
    for (const [name, path] of Object.entries(world().paths)) {
      await settleAt(page, path);
      const found = await sideways(page);
      if (found.length > 0) wide.push({ name, found });
    }
    expect(wide).toEqual([]);
  });
});

describe('in one hand', async () => {
  const { ana, ben, community, chatPath } = await twoPeopleIn('Tomatoes');
  let chat: Channel;
  let direct: Channel;
  let talk: Channel;

  beforeAll(async () => {
    chat = await ana.createChat(community, 'greenhouse');
    for (let i = 1; i <= 40; i++) await ben.post(chat, `message ${i}`);
    // Nothing in it is new to her: it opens at its end.
    await ana.call('PUT', `/v1/channels/${chat.id}/read`, { number: 40 });
    direct = await ana.call<Channel>('POST', '/v1/directs', { person: ben.person.id });
    await ben.post(direct, 'Hello Ana');
    for (let i = 1; i <= 25; i++) talk = await ben.startDiscussion(community, `Question ${i}`);
    for (let i = 1; i <= 30; i++) await ben.post(talk, `A comment that has ${'some words in it '.repeat(6)}${i}`);
  });

  const open = async (path: string): Promise<Page> => (await visitAs(browser, ana, path, { size })).page;
  const bar = (page: Page) => page.getByRole('navigation', { name: 'Main' });

  /** The largest thing of each side of the frame that is on the screen. */
  const panes = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('#main, aside, nav')]
        .filter((one) => one.checkVisibility() && one.clientHeight > innerHeight / 2)
        .map(({ id, ariaLabel }) => id || ariaLabel),
    );

  test('the bar below leads to the four places, and is not there where one goes in', async () => {
    const page = await open('/');
    const place = (label: string) => bar(page).getByRole('link', { name: new RegExp(`${label}$`) });
    for (const [label, path] of [
      ['Communities', '/communities'],
      ['Messages', '/messages'],
      ['You', '/you'],
      ['Home', '/'],
    ] as const) {
      await place(label).tap();
      await page.waitForURL(`**${path}`);
      expect(await place(label).getAttribute('aria-current')).toBe('page');
      expect(await panes(page)).toEqual(['main']);
      expect(await tooSmall(bar(page).getByRole('link'))).toEqual([]);
    }
    const box = await bar(page).boundingBox();
    expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBe(740);
    for (const path of [chatPath(chat), `/c/${community.slug}/d/${talk.id}`, `/messages/${direct.id}`]) {
      await page.goto(path);
      await page.getByRole('button', { name: 'Back' }).waitFor();
      expect(await bar(page).count()).toBe(0);
      expect(await panes(page)).toEqual(['main']);
    }
  });

  test('back goes where one came from, to the same place in it', async () => {
    const page = await open('/messages');
    await page.getByRole('main').getByRole('link', { name: /Ben/ }).tap();
    await feedOf(page).getByText('Hello Ana').waitFor();
    await page.getByRole('button', { name: 'Back' }).tap();
    await page.waitForURL('**/messages');

    await page.goto(`/c/${community.slug}`);
    const wanted = page.getByRole('link', { name: 'Question 8', exact: true });
    await wanted.scrollIntoViewIfNeeded();
    const before = await wanted.boundingBox();
    await wanted.tap();
    await page.getByRole('heading', { level: 1, name: 'Question 8' }).waitFor();
    await page.getByRole('button', { name: 'Back' }).tap();
    await wanted.waitFor();
    await expect.poll(async () => Math.abs(((await wanted.boundingBox())?.y ?? -999) - (before?.y ?? 0))).toBeLessThan(8);
  });

  test('back from an address that was opened leads to where it belongs', async () => {
    for (const [path, to] of [
      [`/c/${community.slug}/d/${talk.id}`, `/c/${community.slug}`],
      [chatPath(chat), `/c/${community.slug}`],
      [`/messages/${direct.id}`, '/messages'],
      [`/c/${community.slug}`, '/communities'],
    ] as const) {
      const page = await open(path);
      await page.getByRole('button', { name: 'Back' }).tap();
      await page.waitForURL(`**${to}`);
    }
  });

  test('the channels of a community are one touch away', async () => {
    const page = await open(`/c/${community.slug}`);
    await page.getByRole('button', { name: 'Channels' }).tap();
    const sheet = page.getByRole('dialog', { name: 'Channels' });
    await sheet.getByRole('link', { name: 'greenhouse' }).waitFor();
    expect(await tooSmall(sheet.getByRole('link').or(sheet.getByRole('button')))).toEqual([]);
    await sheet.getByRole('link', { name: 'greenhouse' }).tap();
    await feedOf(page).getByText('message 40').waitFor();
    await sheet.waitFor({ state: 'detached' });
  });

  test('above the keyboard: the composer stays in sight, and what was said last with it', async () => {
    const page = await open(chatPath(chat));
    const last = feedOf(page).getByText('message 40', { exact: true });
    await last.waitFor();
    await composerOf(page).tap();
    // The keyboard takes what it covers away from the page (interactive-widget=resizes-content).
    await page.setViewportSize({ width: 360, height: 380 });
    await expect.poll(() => isWithin(composerOf(page))).toBe(true);
    await expect.poll(() => isWithin(last)).toBe(true);
    await composerOf(page).pressSequentially('one\ntwo\nthree\nfour\nfive\nsix\nseven\neight');
    await expect.poll(() => isWithin(page.getByRole('button', { name: 'Send' }))).toBe(true);
    await page.getByRole('button', { name: 'Send' }).tap();
    const mine = feedOf(page).getByText('eight');
    await expect.poll(() => isWithin(mine)).toBe(true);
    // One goes on writing: the keyboard stays.
    expect(await composerOf(page).evaluate((field) => field === document.activeElement)).toBe(true);
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(() => isWithin(mine)).toBe(true);
  });

  test('where one writes is one line high, however long the name of the channel', async () => {
    const far = await ana.createChat(community, 'greenhouse at the far end of the garden, behind the beans');
    const page = await open(chatPath(far));
    await composerOf(page).waitFor();
    expect((await composerOf(page).boundingBox())?.height).toBeLessThan(50);
  });

  test('a comment being written stays in sight above the keyboard', async () => {
    const page = await open(`/c/${community.slug}/d/${talk.id}`);
    const comment = page.getByRole('article', { name: /^Comment 10 by/ });
    await comment.getByRole('button', { name: 'Reply' }).tap();
    const field = page.getByRole('textbox', { name: 'Reply to Ben' });
    await field.tap();
    await page.setViewportSize({ width: 360, height: 380 });
    await expect.poll(() => isWithin(field)).toBe(true);
  });

  test('what the composer and the head of a chat offer is large enough', async () => {
    const page = await open(chatPath(chat));
    await composerOf(page).fill('words');
    await page.getByRole('button', { name: 'Formatting' }).tap();
    const main = page.getByRole('main');
    for (const name of ['Back', 'Details', 'Channels', 'Formatting', 'Send', 'Quotation', 'Preview', 'Emoji'])
      expect(await tooSmall(main.getByRole('button', { name })), name).toEqual([]);
    expect(await tooSmall(composerOf(page))).toEqual([]);
  });

  test('a finger that rests on a message opens its menu, and its items are large enough', async () => {
    const page = await open(chatPath(chat));
    const words = feedOf(page).getByText('message 40', { exact: true });
    await words.waitFor();
    await settle(page);
    await rest(page, words);
    const menu = page.getByRole('menu');
    await menu.waitFor();
    expect(await tooSmall(menu.getByRole('menuitem'))).toEqual([]);
    expect(await isWithin(menu)).toBe(true);
    await menu.getByRole('menuitem', { name: 'Reply' }).tap();
    await page.getByText('Replying to Ben').waitFor();
  });

  test("a comment's actions and menu are large enough", async () => {
    const page = await open(`/c/${community.slug}/d/${talk.id}`);
    const comment = page.getByRole('article', { name: /^Comment 2 by/ });
    await comment.waitFor();
    const actions = comment.getByRole('group', { name: /What you can do/ });
    expect(await tooSmall(actions.getByRole('button'))).toEqual([]);
    await comment.getByRole('button', { name: 'More' }).tap();
    expect(await tooSmall(page.getByRole('menu').getByRole('menuitem'))).toEqual([]);
  });

  test('dialogs come from below and their buttons are large enough', async () => {
    const page = await open(`/c/${community.slug}/settings`);
    await page.getByRole('button', { name: 'New channel' }).last().tap();
    const dialog = page.getByRole('dialog', { name: 'New channel' });
    await expect
      .poll(async () => Math.round(((await dialog.boundingBox())?.y ?? 0) + ((await dialog.boundingBox())?.height ?? 0)))
      .toBe(740);
    expect(await tooSmall(dialog.getByRole('button'))).toEqual([]);
    expect(await tooSmall(dialog.getByRole('textbox'))).toEqual([]);
  });
});

function isWithin(target: Locator): Promise<boolean> {
  return target.evaluate((element) => {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    return top >= -1 && left >= -1 && bottom <= innerHeight + 1 && right <= innerWidth + 1;
  });
}

/** A finger is put there and stays, until something has opened. */
async function rest(page: Page, target: Locator): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('There is nothing to touch.');
  const touch = await page.context().newCDPSession(page);
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  await page.getByRole('menu').waitFor();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}
