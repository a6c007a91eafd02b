import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { Channel } from '../../contracts/nouns.ts';
import { composerOf, enterChat, messageOf } from '../support/chatPage.ts';
import { twoPeopleIn } from '../support/twoPeople.ts';
import { visitAs } from '../support/visitAs.ts';
import { pathOf, useBrowser } from '../support/visitors.ts';

/** Nobody here has a mouse: keys only, and what has the focus is looked at, never given it. */
const browser = useBrowser();
const { ana, ben, community, chatPath } = await twoPeopleIn('Kettles');
let tea: Channel;
let coffee: Channel;

beforeAll(async () => {
  [tea, coffee] = [await ana.createChat(community, 'Tea leaves'), await ana.createChat(community, 'Coffee beans')];
  await ana.post(tea, 'Green or black?');
  await ana.post(tea, 'I mean tea.');
});

const press = (page: Page, ...keys: string[]) =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

/** What has the focus, as a screen reader would say it: role and name. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: one } = document;
    if (one === null || one === document.body) return 'nothing';
    const name = one.ariaLabel ?? (one as HTMLInputElement).labels?.[0]?.textContent ?? one.textContent ?? '';
    return `${one.role ?? one.localName} ${name.trim().replace(/\s+/g, ' ').slice(0, 80)}`;
  });
const expectFocus = (page: Page, name: RegExp | string) => expect.poll(() => focused(page)).toMatch(name);

/** Goes on with Tab until the focus is there. */
async function tabTo(page: Page, name: RegExp, most = 60): Promise<void> {
  const passed: string[] = [];
  while (!name.test(passed.at(-1) ?? '')) {
    if (passed.length > most) throw new Error(`Tab never comes to ${name}, only to: ${passed.join(' · ')}`);
    await press(page, 'Tab');
    passed.push(await focused(page));
  }
}

async function inTea(person = ben): Promise<Page> {
  const { page } = await enterChat(browser, person, chatPath(tea));
  await messageOf(page, 'I mean tea.').waitFor();
  return page;
}

test('from anywhere to a chat, a message sent, answered, edited, reacted to, and back', async () => {
  const { page } = await visitAs(browser, ben, '/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Kettles' }).waitFor();
  await press(page, 'Control+k');
  await expectFocus(page, 'A community, channel or person');
  await page.keyboard.type('tea le');
  await page.getByRole('option', { name: /Tea leaves/ }).waitFor();
  await press(page, 'Enter');
  await messageOf(page, 'Green or black?').waitFor();
  expect(pathOf(page)).toBe(chatPath(tea));
  await expectFocus(page, 'Write in Tea leaves');
  // Keys act on messages when it is known what one may do.
  await page.getByText('This is the beginning of Tea leaves. Say hello').waitFor();

  await page.keyboard.type('Oolong, which is neither.');
  await press(page, 'Enter');
  await messageOf(page, 'Oolong, which is neither.').waitFor();
  // Into the list, and from message to message.
  await press(page, 'Escape');
  await expectFocus(page, 'Oolong, which is neither.');
  await press(page, 'ArrowUp');
  await expectFocus(page, 'I mean tea.');
  await press(page, 'ArrowUp');
  await expectFocus(page, 'Green or black?');

  await press(page, 'r');
  await expectFocus(page, 'Write in Tea leaves');
  await page.getByRole('button', { name: 'Replying to Ana' }).waitFor();
  await page.keyboard.type('Both.');
  await press(page, 'Enter');
  await messageOf(page, 'Both.').getByRole('button', { name: 'In reply to Ana, show the message' }).waitFor();

  await press(page, 'Escape');
  await expectFocus(page, 'Both.');
  // It is in the log.
  await messageOf(page, 'Both.').getByRole('button', { name: 'More' }).waitFor();
  await press(page, 'Home');
  await expectFocus(page, 'Green or black?');
  await press(page, '+');
  await expectFocus(page, 'Find an emoji');
  await page.keyboard.type('tea');
  await page
    .getByRole('option', { name: /teacup/i })
    .first()
    .waitFor();
  await press(page, 'Enter');
  await messageOf(page, 'Green or black?').getByRole('button', { name: '1 person gave 🍵' }).waitFor();
  await expectFocus(page, /Green or black\?|gave 🍵/);

  await press(page, 'Escape');
  await expectFocus(page, 'Write in Tea leaves');
  await press(page, 'ArrowUp');
  await expectFocus(page, 'Your message');
  await press(page, 'End', 'Backspace');
  await page.keyboard.type(', really.');
  await press(page, 'Enter');
  await messageOf(page, 'Both, really.').waitFor();
  await expectFocus(page, 'Write in Tea leaves');
  await press(page, 'ArrowUp');
  await expectFocus(page, 'Your message');
  await page.keyboard.type(' Not!');
  await press(page, 'Escape');
  await expectFocus(page, 'Write in Tea leaves');
  expect(await messageOf(page, 'Not!').count()).toBe(0);

  // Deleting one's own asks nothing and can be undone; the focus stays in the list.
  await press(page, 'Escape');
  await expectFocus(page, /^article/);
  await press(page, 'End');
  await expectFocus(page, 'Both, really.');
  await press(page, 'Delete');
  await messageOf(page, 'This message was deleted.').waitFor();
  await expectFocus(page, 'This message was deleted.');
});

test('the menu of a message opens by Enter, is walked with arrows, and gives the focus back', async () => {
  const page = await inTea(ana);
  await press(page, 'Escape');
  await expectFocus(page, /^article/);
  await press(page, 'Home');
  await expectFocus(page, 'Green or black?');
  await press(page, 'Enter');
  await page.getByRole('menu').waitFor();
  await expectFocus(page, /^menu/);
  await press(page, 'Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await expectFocus(page, /Green or black\?|More/);
  await press(page, 'Escape');
  await expectFocus(page, /Green or black\?|Write in/);
});

test('the arrow keys with Alt go through the channels', async () => {
  const page = await inTea();
  await expectFocus(page, 'Write in Tea leaves');
  await press(page, 'Alt+ArrowDown');
  await expect.poll(() => pathOf(page)).toBe(chatPath(coffee));
  await expectFocus(page, 'Write in Coffee beans');
  await press(page, 'Alt+ArrowUp');
  await expect.poll(() => pathOf(page)).toBe(chatPath(tea));
  await expectFocus(page, 'Write in Tea leaves');
  const general = await ana.call<{ items: Channel[] }>('GET', `/v1/communities/${community.id}/channels`);
  const first = general.items.find(({ name }) => name === 'general');
  await ana.post(coffee, 'Is it still warm?');
  await page.getByRole('link', { name: /^Coffee beans ?1 unread$/ }).waitFor();
  await press(page, 'Alt+ArrowUp');
  await expect.poll(() => pathOf(page)).toBe(`/c/${community.slug}/chat/${first?.id}`);
  await press(page, 'Alt+Shift+ArrowDown');
  await expect.poll(() => pathOf(page)).toBe(chatPath(coffee));
});

test('? shows the keys, and closing gives the focus back to where it was', async () => {
  const page = await inTea();
  await expectFocus(page, 'Write in Tea leaves');
  // In the composer it is a letter.
  await page.keyboard.type('?');
  expect(await composerOf(page).inputValue()).toBe('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await press(page, 'Backspace', 'Escape');
  await expectFocus(page, /^article/);
  const before = await focused(page);
  await press(page, '?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.getByText('Go to a community, channel or person').waitFor();
  await keys.getByText('Reply to the message').waitFor();
  // Nothing below hears a key meanwhile.
  await press(page, 'r');
  expect(await page.getByText('Replying to').count()).toBe(0);
  await press(page, 'Escape');
  await keys.waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toBe(before);

  await press(page, 'Control+k');
  await expectFocus(page, 'A community, channel or person');
  await press(page, 'Escape');
  await expect.poll(() => focused(page)).toBe(before);
});

test('Tab comes to everything once, in reading order, and one always sees where one is', async () => {
  const { page } = await visitAs(browser, ben, '/communities');
  await page.getByRole('heading', { level: 1, name: 'Communities' }).waitFor();
  await page.getByRole('article').first().waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Kettles' }).waitFor();
  const passed = await allStops(page, 'Tab');
  expect(passed[0]).toMatch('Skip to the content');
  const order = ['Skip', 'Home', 'Kettles', 'You, Ben', 'Go to', 'Search communities'];
  const places = order.map((name) => passed.findIndex((one) => one.includes(name)));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(passed.slice(places.at(-1))).toContain('a Kettles');

  // A chat, the other way round: from where one writes over one message, not all, to the head.
  await page.goto(chatPath(tea));
  await messageOf(page, 'I mean tea.').waitFor();
  await expectFocus(page, 'Write in Tea leaves');
  const stops = await allStops(page, 'Shift+Tab');
  expect(stops.filter((stop) => stop.startsWith('article'))).toHaveLength(1);
  for (const name of ['Details', 'Tea leaves', 'Kettles']) expect(stops.some((stop) => stop.includes(name))).toBe(true);
});

/** Everything that the key comes to in one round, each of it seen. */
async function allStops(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<string[]> {
  const stops: string[] = [];
  await page.evaluate(() => Object.assign(globalThis, { passed: new Set() }));
  for (;;) {
    await press(page, key);
    const isNew = await page.evaluate(() => {
      const { activeElement: one } = document;
      const { passed } = globalThis as unknown as { passed: Set<Element> };
      if (one === null || one === document.body || passed.has(one)) return false;
      passed.add(one);
      return true;
    });
    if (!isNew) return stops;
    const now = await focused(page);
    expect([now, await isShown(page)]).toEqual([now, true]);
    stops.push(now);
  }
}

/** The focus can be seen: the picture around what has it differs from the picture without it. */
async function isShown(page: Page): Promise<boolean> {
  const box = await page.evaluate(() => {
    const one = document.activeElement;
    if (one === null || one === document.body) return null;
    // The card around a field is drawn for it.
    const { left, top, right, bottom } = (one.closest('label, .rounded-card') ?? one).getBoundingClientRect();
    const [x, y] = [Math.max(0, left - 8), Math.max(0, top - 8)];
    return { x, y, width: Math.min(innerWidth, right + 8) - x, height: Math.min(innerHeight, bottom + 8) - y };
  });
  if (box === null) return true;
  if (box.width <= 0 || box.height <= 0) return false;
  const options = { clip: box, animations: 'disabled', caret: 'hide' } as const;
  const withFocus = await page.screenshot(options);
  await page.evaluate(() => {
    const one = document.activeElement as HTMLElement;
    Object.assign(globalThis, { focusedOne: one });
    one.blur();
  });
  const without = await page.screenshot(options);
  await page.evaluate(() => (globalThis as unknown as { focusedOne: HTMLElement }).focusedOne.focus({ preventScroll: true }));
  return !withFocus.equals(without);
}

test('the first stop of every page skips to its content', async () => {
  const { page } = await visitAs(browser, ben, `/c/${community.slug}`);
  await page.getByRole('heading', { level: 1, name: 'Kettles' }).waitFor();
  await press(page, 'Tab');
  const link = page.getByRole('link', { name: 'Skip to the content' });
  await expectFocus(page, 'Skip to the content');
  const { width = 0, height = 0 } = (await link.boundingBox()) ?? {};
  expect([width > 40, height > 20]).toEqual([true, true]);
  await press(page, 'Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
  await press(page, 'Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
});

test('going on puts the focus on the heading, and back on it again', async () => {
  const { page } = await visitAs(browser, ben, '/');
  await page.getByRole('link', { name: 'Find communities' }).first().waitFor();
  await tabTo(page, /Find communities/);
  await press(page, 'Enter');
  await expectFocus(page, /^h1 Communities/);
  await tabTo(page, /^a Kettles/);
  await press(page, 'Enter');
  await expect.poll(() => pathOf(page)).toBe(`/c/${community.slug}`);
  await expectFocus(page, 'Kettles');
  // The browser's own key for it.
  await page.goBack();
  await expect.poll(() => pathOf(page)).toBe('/communities');
  await expectFocus(page, /^h1 Communities/);
});

test('a discussion is found, read and answered by keys alone', async () => {
  const discussion = await ana.startDiscussion(community, 'How hot is too hot?');
  await ana.post(discussion, 'Mine whistles at once.');
  const { page } = await visitAs(browser, ben, '/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Kettles' }).waitFor();
  await press(page, 'Control+k');
  await expectFocus(page, 'A community, channel or person');
  await page.keyboard.type('kettles');
  await page.getByRole('option', { name: /Kettles/, selected: true }).waitFor();
  await press(page, 'Enter');
  await page.getByRole('main').getByRole('link', { name: 'How hot is too hot?' }).waitFor();
  await press(page, 'Tab');
  await tabTo(page, /^a How hot is too hot\?/);
  await press(page, 'Enter');
  await page.getByRole('article', { name: 'Comment 2 by Ana' }).waitFor();
  await expectFocus(page, 'How hot is too hot?');
  await tabTo(page, /Your comment/);
  await page.keyboard.type('Above 80 degrees the green one gets bitter.');
  await press(page, 'Control+Enter');
  await page.getByRole('article', { name: 'Comment 3 by Ben' }).waitFor();

  await page.reload();
  await page.getByRole('article', { name: 'Comment 2 by Ana' }).waitFor();
  await tabTo(page, /Link to comment 2/);
  await tabTo(page, /^button Reply/);
  await press(page, 'Enter');
  await expectFocus(page, 'Reply to Ana');
  await page.keyboard.type('Lucky you.');
  await press(page, 'Tab');
  await tabTo(page, /^button Reply$/);
  await press(page, 'Enter');
  await page.getByRole('article', { name: 'Comment 4 by Ben' }).getByText('Lucky you.').waitFor();
});
