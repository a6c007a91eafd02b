import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { Channel } from '../../contracts/nouns.ts';
import { enterChat, feedOf, messageOf, onScreen, type Seen, scroll, scrollWithoutPause, scrollWithRoom } from '../support/chatPage.ts';
import { twoPeopleIn } from '../support/twoPeople.ts';
import { visitAs } from '../support/visitAs.ts';
import { pathOf, useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
const many = 3000;
const { ana, ben, community, chatPath } = await twoPeopleIn('Maps');
/** With so many messages, each of its own height. */
let long: Channel;

beforeAll(async () => {
  long = await ana.createChat(community, 'Surveys');
  for (let i = 0; i < many; i += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, j) =>
        [ana, ben][(i + j) % 3 === 0 ? 0 : 1]?.post(long, `Point ${i + j}${'. It lies by the river'.repeat((j * 7) % 23)}`),
      ),
    );
  }
  await ben.call('PUT', `/v1/channels/${long.id}/read`, { number: many });
});

const article = (page: Page, number: number) => feedOf(page).locator(`[aria-posinset="${number}"]`);
const numbersOf = (seen: readonly Seen[]) => seen.map(({ number }) => number);

function expectNoHole(seen: readonly Seen[]): void {
  const first = seen[0]?.number ?? 0;
  expect(numbersOf(seen)).toEqual(seen.map((_, i) => first + i));
}

/** What was on the screen before and still is has moved by as much as one scrolled, and by nothing else. */
function expectMoved(before: readonly Seen[], after: readonly Seen[], pixels: number): void {
  const tops = new Map(before.map(({ number, top }) => [number, top]));
  const moves = after.flatMap(({ number, top }) => (tops.has(number) ? [top - (tops.get(number) ?? 0)] : []));
  expect(moves.length).toBeGreaterThan(0);
  for (const move of moves) expect(Math.abs(move + pixels)).toBeLessThanOrEqual(2);
}

async function inChat(number?: number): Promise<Page> {
  return (await enterChat(browser, ben, chatPath(long, number))).page;
}

test('the address of a message opens the chat around it and shows which one it is', async () => {
  const { page } = await visitAs(browser, ben, '/');
  // It is lit for a moment only, so that is looked for from the beginning.
  const isLit = page.waitForFunction(() => {
    const [one, other] = [1500, 1499].map((number) => document.querySelector(`[role=feed] [aria-posinset="${number}"]`));
    return one && other && getComputedStyle(one).backgroundColor !== getComputedStyle(other).backgroundColor;
  });
  await page.goto(chatPath(long, 1500));
  await isLit;
  const seen = await onScreen(page);
  expectNoHole(seen);
  expect(numbersOf(seen)).toContain(1500);
  expect(numbersOf(seen).at(0)).toBeLessThan(1500);
  expect(numbersOf(seen).at(-1)).toBeGreaterThan(1500);

  await page.getByRole('button', { name: 'To the present' }).click();
  await article(page, many).waitFor();
  expect(numbersOf(await onScreen(page)).at(-1)).toBe(many);
  await expect.poll(() => pathOf(page)).toBe(chatPath(long));
  expect(await page.getByRole('button', { name: 'To the present' }).count()).toBe(0);
});

test('scrolling through the pages: no hole, no jump, up and down', async () => {
  const page = await inChat(1500);
  await article(page, 1500).waitFor();
  let seen = await onScreen(page);
  const start = seen[0]?.number ?? 0;
  for (const pixels of [-450, 450]) {
    for (let step = 0; step < 40; step++) {
      const after = await scrollWithRoom(page, pixels);
      expectNoHole(after);
      expectMoved(seen, after, pixels);
      seen = after;
    }
  }
  // Back where it began, though pages came in above.
  expect(seen[0]?.number).toBe(start);
  const far = await scroll(page, -12_000);
  expectNoHole(far);
  for (let step = 0, now = far; step < 10; step++) {
    const after = await scrollWithRoom(page, -300);
    expectNoHole(after);
    expectMoved(now, after, -300);
    now = after;
  }
});

test('up and down without a pause: no hole, no jump', async () => {
  const page = await inChat(1500);
  await article(page, 1500).waitFor();
  const turns = [
    [-210, 40],
    [290, 25],
    [-230, 50],
    [310, 30],
    [-250, 30],
    [350, 60],
    [-250, 60],
    [350, 60],
  ] as const;
  const steps = turns.flatMap(([pixels, count]) => Array.from({ length: count }, () => pixels));
  const [start = [], ...all] = await scrollWithoutPause(page, steps);
  let before = start;
  for (const [i, after] of all.entries()) {
    expectNoHole(after);
    expectMoved(before, after, steps[i] ?? 0);
    before = after;
  }
});

test('what is quoted is shown also when a page has to come in for it', async () => {
  const chat = await ana.createChat(community, 'Old maps');
  for (let i = 1; i <= 120; i++) await ana.post(chat, `Map ${i}`);
  await ana.call('POST', `/v1/channels/${chat.id}/messages`, { body: 'That one?', replyTo: 60 });
  await ben.call('PUT', `/v1/channels/${chat.id}/read`, { number: 121 });
  const { page } = await visitAs(browser, ben, chatPath(chat));
  await article(page, 121).waitFor();
  await onScreen(page);
  await article(page, 121).getByText('Map 60').click();
  await expect.poll(() => article(page, 60).evaluate((one) => one === document.activeElement)).toBe(true);
  const seen = await onScreen(page);
  expectNoHole(seen);
  expect(numbersOf(seen)).toContain(60);
});

test('a page that comes in while one reads moves nothing; nor does what others write', async () => {
  const page = await inChat();
  await article(page, many).waitFor();
  await expect.poll(async () => numbersOf(await onScreen(page)).at(-1)).toBe(many);
  const chat = await ana.createChat(community, 'Side paths');
  for (let i = 0; i < 120; i++) await ana.post(chat, `Path ${i}`);
  await page.goto(chatPath(chat, 40));
  await article(page, 40).waitFor();
  const before = await onScreen(page);
  const below = Number.parseInt(await page.getByRole('button', { name: /^\d+ new messages$/ }).innerText(), 10);
  for (let i = 120; i < 130; i++) await ana.post(chat, `Path ${i}`);
  const down = page.getByRole('button', { name: `${below + 10} new messages`, exact: true });
  await down.waitFor();
  expect(await onScreen(page)).toEqual(before);
  await down.click();
  await messageOf(page, 'Path 129').waitFor();
  await ana.post(chat, 'And one more');
  await expect.poll(async () => (await onScreen(page)).at(-1)?.words).toContain('And one more');
});

test('an address that only names the channel finds the right place', async () => {
  const { page } = await visitAs(browser, ben, `/go/${long.id}/777`);
  await article(page, 777).waitFor();
  expect(pathOf(page)).toBe(chatPath(long, 777));
  expect(numbersOf(await onScreen(page))).toContain(777);
  const direct = await ana.call<Channel>('POST', '/v1/directs', { person: ben.person.id });
  await ana.post(direct, 'Have you got the map?');
  await page.goto(`/go/${direct.id}`);
  await messageOf(page, 'Have you got the map?').waitFor();
  expect(pathOf(page)).toBe(`/messages/${direct.id}`);
  const discussion = await ana.startDiscussion(community, 'Which projection?');
  await page.goto(`/go/${discussion.id}`);
  await page.getByRole('heading', { level: 1, name: 'Which projection?' }).waitFor();
  expect(pathOf(page)).toBe(`/c/${community.slug}/d/${discussion.id}`);
});

test('a chat is where one left it: after going back, opened anew, and reloaded', async () => {
  const page = await inChat();
  await article(page, many).waitFor();
  await onScreen(page);
  for (let step = 0; step < 6; step++) await scroll(page, -900);
  const left = await onScreen(page);
  await expectKept(page, left);
  await page.getByRole('navigation', { name: 'Maps' }).getByRole('link', { name: 'general' }).click();
  await page.getByRole('heading', { level: 1, name: 'general' }).waitFor();
  await page.goBack();
  await article(page, left[3]?.number ?? 0).waitFor();
  expectSame(await onScreen(page), left);
  await page.reload();
  await article(page, left[3]?.number ?? 0).waitFor();
  expectSame(await onScreen(page), left);
});

/** The place is noted a moment after the last movement. */
async function expectKept(page: Page, [first]: readonly Seen[]): Promise<void> {
  await expect.poll(() => page.evaluate(() => history.state?.plazaPlace?.place.number)).toBe(first?.number);
}

function expectSame(now: readonly Seen[], then: readonly Seen[]): void {
  expect(now[0]?.number).toBe(then[0]?.number);
  expect(Math.abs((now[0]?.top ?? 0) - (then[0]?.top ?? 0))).toBeLessThanOrEqual(2);
}

test('the address of a comment opens the discussion at it', async () => {
  const discussion = await ana.startDiscussion(community, 'Where is north?');
  for (let i = 2; i <= 60; i++) await ana.post(discussion, `Remark ${i}\n\n${'It depends. '.repeat((i % 5) * 20)}`);
  const { page } = await visitAs(browser, ben, `/c/${community.slug}/d/${discussion.id}/40`);
  const comment = page.getByRole('article', { name: 'Comment 40 by Ana' });
  await comment.waitFor();
  await expect.poll(() => comment.evaluate((one) => one === document.activeElement)).toBe(true);
  const middle = async () => {
    const { y = 0, height = 0 } = (await comment.boundingBox()) ?? {};
    return y >= 0 && y + Math.min(height, 300) <= 800;
  };
  await expect.poll(middle).toBe(true);
  const background = (name: string) => page.getByRole('article', { name }).evaluate((one) => getComputedStyle(one).backgroundColor);
  expect(await background('Comment 40 by Ana')).not.toBe(await background('Comment 41 by Ana'));
  await page.reload();
  await comment.waitFor();
  await expect.poll(middle).toBe(true);

  // Read on from there: back, and a reload, lead to what was read last, not to the address.
  await scrollDown(page, (await scrolled(page)) + 1500);
  const first = () =>
    page.getByRole('article', { name: /^Comment/ }).evaluateAll((all) => {
      let box = all[0]?.parentElement ?? document.documentElement;
      while (box.parentElement && !/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement;
      const edge = box.getBoundingClientRect().top;
      const one = all.find((each) => each.getBoundingClientRect().bottom > edge);
      return [one?.ariaLabel ?? '', Math.round((one?.getBoundingClientRect().top ?? 0) / 4)].join(' at ');
    });
  const left = await first();
  expect(left).not.toContain('Comment 40');
  await expect.poll(() => page.evaluate(() => history.state?.plazaComment?.number)).toBe(Number(/\d+/.exec(left)?.[0]));
  await page.getByRole('navigation', { name: 'Maps' }).getByRole('link', { name: 'general' }).click();
  await page.getByRole('heading', { level: 1, name: 'general' }).waitFor();
  await page.goBack();
  await expect.poll(first).toBe(left);
  await page.reload();
  await expect.poll(first).toBe(left);
});

/** How far down the page is scrolled: that of the pane, which has not moved for so many frames. */
const scrolled = (page: Page, frames = 0) =>
  page.locator('#main').evaluate(async (main, still) => {
    const now = () => Math.max(0, ...[...main.querySelectorAll('*')].map((one) => one.scrollTop));
    let top = now();
    for (let same = 0; same < still; same = now() === top ? same + 1 : 0) {
      top = now();
      await new Promise(requestAnimationFrame);
    }
    return top;
  }, frames);

/** Scrolls the pane down as one does who looks for more, and answers with how far it got. */
async function scrollDown(page: Page, atLeast: number): Promise<number> {
  await page.locator('#main').hover({ position: { x: 300, y: 400 } });
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 500);
      return scrolled(page);
    })
    .toBeGreaterThan(atLeast);
  return scrolled(page, 12);
}

test('back from a discussion leads to where the list was; a reload, too', async () => {
  const group = await ana.createCommunity('Compasses');
  for (let i = 1; i <= 60; i++) await ana.startDiscussion(group, `Needle ${i}`);
  await ben.join(group);
  const { page } = await visitAs(browser, ben, `/c/${group.slug}`);
  await page.getByRole('main').getByRole('link', { name: 'Needle 60' }).waitFor();
  const top = await scrollDown(page, 2500);
  const link = page.getByRole('main').getByRole('link', { name: /^Needle \d+$/ });
  const inSight = await link.evaluateAll((all) => all.find((one) => one.getBoundingClientRect().top > 300)?.textContent?.trim() ?? '');
  await page.getByRole('main').getByRole('link', { name: inSight, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: inSight }).waitFor();
  await page.goBack();
  await expect.poll(() => scrolled(page)).toBeGreaterThan(top - 3);
  expect(await scrolled(page)).toBeLessThan(top + 3);
  expect(await page.getByRole('main').getByRole('link', { name: inSight, exact: true }).isVisible()).toBe(true);
  await page.reload();
  await expect.poll(() => scrolled(page)).toBeGreaterThan(top - 3);
});

test('back from a community leads to where the directory was, with what was searched for', async () => {
  for (let i = 1; i <= 40; i++) await ana.createCommunity(`Atlas ${i}`, { description: 'Sheet by sheet. '.repeat(12) });
  const { page } = await visitAs(browser, ben, '/communities');
  await page.getByLabel('Search communities').fill('Atlas');
  await expect.poll(() => new URL(page.url()).search).toBe('?q=Atlas');
  await page.getByRole('main').getByRole('article').filter({ hasText: 'Atlas' }).first().waitFor();
  const top = await scrollDown(page, 1200);
  const link = page.getByRole('main').getByRole('link', { name: /^Atlas \d+$/ });
  const inSight = await link.evaluateAll((all) => all.find((one) => one.getBoundingClientRect().top > 300)?.textContent?.trim() ?? '');
  await page.getByRole('main').getByRole('link', { name: inSight, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: inSight }).waitFor();
  await page.goBack();
  await expect.poll(() => scrolled(page)).toBeGreaterThan(top - 3);
  expect(await page.getByLabel('Search communities').inputValue()).toBe('Atlas');
});

test('what is not there, and what one may not see, says so plainly', async () => {
  const secret = await ana.createCommunity('Buried gold', { visibility: 'private' });
  const chat = await ana.createChat(secret, 'Where it lies');
  const hidden = await ana.startDiscussion(secret, 'By the old oak');
  const { page } = await visitAs(browser, ben, '/');
  for (const [path, words] of [
    ['/no/such/page', 'There is nothing at this address'],
    ['/c/nowhere', 'No community here that you may see'],
    [`/c/${secret.slug}`, 'No community here that you may see'],
    [`/c/${secret.slug}/chat/${chat.id}`, 'There is no conversation here for you'],
    [`/c/${community.slug}/chat/999`, 'There is no conversation here for you'],
    [`/c/${secret.slug}/d/${hidden.id}`, 'No discussion here that you may read'],
    [`/go/${hidden.id}`, 'There is no conversation here for you'],
    ['/messages/999', 'There is no conversation here for you'],
    ['/p/nobody_at_all', 'There is nobody of that name'],
  ] as const) {
    await page.goto(path);
    await page.getByText(words).first().waitFor();
    const whole = await page.locator('body').innerText();
    for (const name of ['Where it lies', 'By the old oak', 'Buried gold']) expect([path, whole.includes(name)]).toEqual([path, false]);
  }
  // A number that the channel does not have.
  await page.goto(chatPath(long, many + 500));
  await article(page, many).waitFor();
});
