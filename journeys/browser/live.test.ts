import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Channel } from '../../contracts/nouns.ts';
import { choose, composerOf, enterChat, feedOf, messageOf, onScreen, say } from '../support/chatPage.ts';
import { holdFrames } from '../support/held.ts';
import { signedIn } from '../support/signedIn.ts';
import { twoPeopleIn } from '../support/twoPeople.ts';
import { visitAs } from '../support/visitAs.ts';
import { pathOf, useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
const { house, ana, ben, community, chatPath } = await twoPeopleIn('Night trains');

/** Both in a new chat. */
async function together(name: string): Promise<{ channel: Channel; anas: Page; bens: Page }> {
  const channel = await ana.createChat(community, name);
  const [{ page: anas }, { page: bens }] = [
    await enterChat(browser, ana, chatPath(channel)),
    await enterChat(browser, ben, chatPath(channel)),
  ];
  return { channel, anas, bens };
}

/** The row of a chat in the side bar, by its name and what it says beside it. */
const row = (page: Page, name: RegExp | string) =>
  page.getByRole('navigation', { name: community.name }).getByRole('link', { name, exact: true });

test('what is sent is drawn at once, and seen by the other', async () => {
  const { anas, bens } = await together('Berths');
  const server = house.servers[0]?.process;
  server?.kill('SIGSTOP');
  try {
    await say(anas, 'Top or bottom?');
    await messageOf(anas, 'Top or bottom?').waitFor();
    expect(await composerOf(anas).inputValue()).toBe('');
    expect(await messageOf(bens, 'Top or bottom?').count()).toBe(0);
  } finally {
    server?.kill('SIGCONT');
  }
  await messageOf(bens, 'Top or bottom?').waitFor();
  await say(bens, 'Top: nobody climbs over you.');
  await messageOf(anas, 'Top: nobody climbs over you.').waitFor();
  for (const page of [anas, bens]) expect((await onScreen(page)).map(({ number }) => number)).toEqual([1, 2]);
  expect(await anas.getByText('Sending …').count()).toBe(0);
});

test('who writes before the chat is open loses nothing: it is sent as soon as it is', async () => {
  const channel = await ana.createChat(community, 'Early');
  const server = house.servers[0]?.process;
  const { page } = await visitAs(browser, ben, `/c/${community.slug}/about`);
  await row(page, 'Early').waitFor();
  // The page of the chat is loaded once, so that the next time only the chat itself is missing.
  await row(page, 'general').click();
  await composerOf(page).waitFor();
  server?.kill('SIGSTOP');
  try {
    await row(page, 'Early').click();
    await page
      .getByRole('textbox', { name: /^Write (in|to)/ })
      .and(page.locator(':focus'))
      .waitFor();
    await page.keyboard.type('I was here first.');
    await page.keyboard.press('Enter');
    await messageOf(page, 'I was here first.').getByText('Sending …').waitFor();
  } finally {
    server?.kill('SIGCONT');
  }
  await messageOf(page, 'I was here first.').waitFor();
  await expect.poll(async () => (await ben.call<{ number: number }>('GET', `/v1/channels/${channel.id}`)).number).toBe(1);
  expect(await composerOf(page).inputValue()).toBe('');
});

test('a reply quotes what it answers, and the quotation leads there', async () => {
  const { channel, anas, bens } = await together('Replies');
  await say(bens, 'Who snores?');
  await messageOf(anas, 'Who snores?').hover();
  await messageOf(anas, 'Who snores?').getByRole('button', { name: 'Reply', exact: true }).click();
  await anas.getByRole('button', { name: 'Replying to Ben' }).waitFor();
  await say(anas, 'I do.');
  const quote = messageOf(bens, 'I do.').getByRole('button', { name: 'In reply to Ben, show the message' });
  await quote.waitFor();
  expect(await quote.innerText()).toContain('Who snores?');
  expect(await anas.getByRole('button', { name: 'Replying to Ben' }).count()).toBe(0);
  await quote.click();
  await expect.poll(() => pathOf(bens)).toBe(chatPath(channel, 1));
  await expect.poll(() => messageOf(bens, 'Who snores?').evaluate((message) => message === document.activeElement)).toBe(true);
});

test('reactions are counted, joined, and taken back', async () => {
  const { anas, bens } = await together('Reactions');
  await say(anas, 'We arrive on time!');
  await messageOf(bens, 'We arrive on time!').hover();
  await messageOf(bens, 'We arrive on time!').getByRole('button', { name: 'React with 👍' }).click();
  const thumbs = (page: Page) => messageOf(page, 'We arrive on time!').getByRole('button', { name: /gave 👍/ });
  await thumbs(anas).waitFor();
  expect(await thumbs(anas).getAttribute('aria-label')).toBe('1 person gave 👍');
  expect(await thumbs(anas).getAttribute('aria-pressed')).toBe('false');
  expect(await thumbs(bens).getAttribute('aria-pressed')).toBe('true');
  await thumbs(anas).click();
  await expect.poll(() => thumbs(bens).getAttribute('aria-label')).toBe('2 people gave 👍');
  await thumbs(bens).click();
  await expect.poll(() => thumbs(anas).getAttribute('aria-label')).toBe('1 person gave 👍');
  await thumbs(anas).click();
  await thumbs(bens).waitFor({ state: 'detached' });
});

test('the arrow up edits what one said last; the other sees the new words', async () => {
  const { anas, bens } = await together('Edits');
  await say(anas, 'Car 12');
  await messageOf(bens, 'Car 12').waitFor();
  const box = anas.getByRole('textbox', { name: 'Your message' });
  // Once it is in her own log.
  await expect
    .poll(async () => {
      await composerOf(anas).press('ArrowUp');
      return box.count();
    })
    .toBe(1);
  expect(await box.inputValue()).toBe('Car 12');
  await box.fill('Car 21');
  await box.press('Enter');
  await messageOf(bens, 'Car 21').waitFor();
  expect(await messageOf(bens, 'Car 12').count()).toBe(0);
  await messageOf(bens, 'Car 21').getByRole('button', { name: 'edited' }).click();
  await bens.getByRole('dialog').getByText('Car 12').waitFor();
  await expect.poll(() => composerOf(anas).evaluate((element) => element === document.activeElement)).toBe(true);
});

test('what is deleted is gone for both, and back when undone', async () => {
  const { anas, bens } = await together('Deletions');
  await say(anas, 'The code of the lock is 4711.');
  await messageOf(bens, 'The code of the lock').waitFor();
  await choose(anas, messageOf(anas, 'The code of the lock'), 'Delete');
  await messageOf(bens, 'This message was deleted.').waitFor();
  await messageOf(anas, 'This message was deleted.').waitFor();
  expect(await feedOf(bens).getByText('4711').count()).toBe(0);
  // Nor does what was said to screen readers stay.
  await expect.poll(() => bens.getByText('4711').count()).toBe(0);
  await anas.getByRole('button', { name: 'Undo' }).click();
  await messageOf(bens, 'The code of the lock is 4711.').waitFor();
  await messageOf(anas, 'The code of the lock is 4711.').waitFor();
});

test('a pinned message says so, and is found among the pins', async () => {
  const { anas, bens } = await together('Pins');
  await say(anas, 'Breakfast is at seven.');
  await choose(anas, messageOf(anas, 'Breakfast is at seven.'), 'Pin');
  await messageOf(bens, 'Breakfast is at seven.').getByText('Pinned').waitFor();
  await bens.getByRole('button', { name: 'Details' }).last().click();
  const panel = bens.getByRole('complementary', { name: 'Details' });
  await panel.getByText('Breakfast is at seven.').waitFor();
  await choose(anas, messageOf(anas, 'Breakfast is at seven.'), 'Unpin');
  await panel.getByText('What is pinned is found here again.').waitFor();
  await messageOf(bens, 'Breakfast is at seven.').getByText('Pinned').waitFor({ state: 'detached' });
});

test('a pin of one’s own is found among the pins once the server knows of it', async () => {
  const channel = await ana.createChat(community, 'Own pins');
  await ana.post(channel, 'Tea is at five.');
  const { page } = await enterChat(browser, ana, chatPath(channel));
  const letGo = await holdFrames(page, 'pin');
  await page.reload();
  await messageOf(page, 'Tea is at five.').waitFor();
  await page.getByRole('button', { name: 'Details' }).last().click();
  const panel = page.getByRole('complementary', { name: 'Details' });
  await panel.getByText('What is pinned is found here again.').waitFor();
  await choose(page, messageOf(page, 'Tea is at five.'), 'Pin');
  await messageOf(page, 'Tea is at five.').getByText('Pinned').waitFor();
  // What was asked too early would be answered by now.
  await page.evaluate(async () => (await fetch('/v1/communities')).text());
  letGo();
  await panel.getByText('Tea is at five.').waitFor();
});

test('who is writing is told, until it is sent', async () => {
  const { channel, anas, bens } = await together('Typing');
  await ben.post(channel, 'Anybody here?');
  // With it both have the chat open.
  for (const page of [anas, bens]) await messageOf(page, 'Anybody here?').waitFor();
  await composerOf(anas).pressSequentially('Hm');
  await bens.getByText('Ana is writing …').waitFor();
  await composerOf(anas).press('Enter');
  await messageOf(bens, 'Hm').waitFor();
  await bens.getByText('Ana is writing …').waitFor({ state: 'detached' });
});

test('who is there has a dot, and loses it on leaving', async () => {
  const direct = await ana.call<Channel>('POST', '/v1/directs', { person: ben.person.id });
  const { page } = await visitAs(browser, ana, `/messages/${direct.id}`);
  const other = page.getByRole('navigation', { name: 'Plaza' }).getByRole('link', { name: /Ben/ });
  await other.waitFor();
  await page.getByText(`@${ben.person.handle}`).first().waitFor();
  expect(await other.getByText('Online').count()).toBe(0);
  const { context } = await visitAs(browser, ben, '/');
  await other.getByText('Online').waitFor();
  await page.getByRole('main').getByText('Online').first().waitFor();
  await context.close();
  await other.getByText('Online').waitFor({ state: 'detached', timeout: 30_000 });
});

test('unread and mentions are counted exactly: in the side bar, the rail and the title, and gone once read', async () => {
  const [plain, calling] = [await ana.createChat(community, 'Timetables'), await ana.createChat(community, 'Couchettes')];
  const { page } = await visitAs(browser, ben, `/c/${community.slug}/about`);
  await row(page, 'Couchettes').waitFor();
  await expect.poll(() => page.title()).toMatch(/^Night trains/);
  for (const words of ['One', 'Two']) await ana.post(plain, words);
  for (const words of ['Three', `@${ben.person.handle} four`, 'Five']) await ana.post(calling, words);
  await row(page, /^Timetables ?2 unread$/).waitFor();
  await row(page, /^Couchettes ?3 unread, some call you$/).waitFor();
  const rail = page.getByRole('navigation', { name: 'Main' });
  await rail.getByRole('link', { name: /^Night trains ?1 unread, calls you$/ }).waitFor();
  await expect.poll(() => page.title()).toMatch(/^\(1\) Night trains/);

  await row(page, /^Couchettes/).click();
  await messageOf(page, 'four').waitFor();
  await row(page, 'Couchettes').waitFor();
  await expect.poll(() => page.title()).toMatch(/^Couchettes/);
  await row(page, /^Timetables ?2 unread$/).waitFor();
  await row(page, /^Timetables/).click();
  await row(page, 'Timetables').waitFor();
  expect(await rail.getByRole('link', { name: 'Night trains', exact: true }).count()).toBe(1);
});

test('a chat opens at the last unread, with a line above what is new; reading to the end takes the count away', async () => {
  const channel = await ana.createChat(community, 'Long nights');
  for (let i = 1; i <= 20; i++) await ana.post(channel, `Old ${i}`);
  await ben.call('PUT', `/v1/channels/${channel.id}/read`, { number: 20 });
  for (let i = 1; i <= 80; i++) await ana.post(channel, `Fresh ${i}`);
  const { page } = await visitAs(browser, ben, `/c/${community.slug}/about`);
  await row(page, /^Long nights ?80 unread$/).click();
  const line = page.getByText('New messages from here on');
  await line.waitFor();
  const seen = await onScreen(page);
  expect(seen.map(({ number }) => number)).toContain(21);
  expect(seen.map(({ number }) => number)).not.toContain(100);
  const [lineAt, firstNew, lastOld] = await Promise.all([
    line.boundingBox(),
    messageOf(page, /: Fresh 1$/).boundingBox(),
    messageOf(page, /: Old 20$/).boundingBox(),
  ]);
  expect(lineAt?.y).toBeLessThan(firstNew?.y ?? 0);
  expect(lineAt?.y).toBeGreaterThan(lastOld?.y ?? 0);

  // What was on the screen counts as read, and no more than that.
  const lastSeen = seen.at(-1)?.number ?? 0;
  await row(page, new RegExp(`^Long nights ?${100 - lastSeen} unread$`)).waitFor();
  await page.getByRole('button', { name: /new messages$/ }).click();
  await messageOf(page, 'Fresh 80').waitFor();
  await row(page, 'Long nights').waitFor();
  await expect.poll(async () => (await ben.call<{ read: number }>('GET', `/v1/channels/${channel.id}`)).read).toBe(100);
  await page.reload();
  await messageOf(page, 'Fresh 80').waitFor();
  expect(await line.count()).toBe(0);
});

test('what is begun on one device stands in the composer of another', async () => {
  const channel = await ana.createChat(community, 'Drafts');
  const { page: desk } = await visitAs(browser, ben, chatPath(channel));
  await composerOf(desk).pressSequentially('Dear all, the sleeping car');
  const { page: phone } = await visitAs(browser, ben, chatPath(channel), { size: 'phone' });
  await expect.poll(() => composerOf(phone).inputValue()).toBe('Dear all, the sleeping car');
  await composerOf(desk).press('Enter');
  await messageOf(phone, 'Dear all, the sleeping car').waitFor();
  await expect.poll(() => composerOf(phone).inputValue()).toBe('');
});

test('two tabs agree: on what is read, what is begun, and who is signed in', async () => {
  const [here, elsewhere] = [await ana.createChat(community, 'Here'), await ana.createChat(community, 'Elsewhere')];
  const visitor = await visitAs(browser, ben, chatPath(elsewhere));
  const first = visitor.page;
  const second = await visitor.tab();
  await second.goto(chatPath(elsewhere));
  for (const page of [first, second]) await row(page, 'Here').waitFor();
  await ana.post(here, 'Anybody?');
  for (const page of [first, second]) await row(page, /^Here ?1 unread$/).waitFor();
  await row(first, /^Here/).click();
  for (const page of [first, second]) await row(page, 'Here').waitFor();

  await row(first, 'Elsewhere').click();
  await composerOf(first).pressSequentially('Half a sentence');
  await expect.poll(() => composerOf(second).inputValue()).toBe('Half a sentence');

  await first.getByRole('button', { name: 'You, Ben' }).click();
  await first.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const page of [first, second]) await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
  await expect.poll(() => feedOf(second).count()).toBe(0);
  // One's own doing is no news.
  expect(await second.getByText('You were signed out').count()).toBe(0);
});

test('a discussion is live: a new comment waits in a pill, an answer is accepted, a reply stands below what it answers', async () => {
  const channel = await ana.startDiscussion(community, 'Which line is the finest?');
  const place = `/c/${community.slug}/d/${channel.id}`;
  const [{ page: anas }, { page: bens }] = [await visitAs(browser, ana, place), await visitAs(browser, ben, place)];
  const comment = (page: Page, name: string) => page.getByRole('article', { name });
  const write = async (page: Page, words: string) => {
    await page.getByRole('textbox', { name: 'Your comment' }).fill(words);
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
  };
  await expect.poll(() => anas.getByRole('textbox', { name: 'Your comment' }).isEnabled()).toBe(true);
  await write(bens, 'Paris to Venice.');
  await comment(bens, 'Comment 2 by Ben').waitFor();
  await anas.getByRole('button', { name: '1 new comment' }).click();
  await comment(anas, 'Comment 2 by Ben').getByText('Paris to Venice.').waitFor();
  await ben.post(channel, 'Or the Caledonian.');
  await comment(anas, 'Comment 3 by Ben')
    .or(anas.getByRole('button', { name: '1 new comment' }))
    .first()
    .waitFor();

  // Not at the end, but below the one that it answers.
  await comment(anas, 'Comment 2 by Ben').getByRole('button', { name: 'Reply', exact: true }).click();
  await anas.getByRole('textbox', { name: 'Reply to Ben' }).fill('With a change in Milan?');
  await anas.getByRole('button', { name: 'Reply', exact: true }).last().click();
  await comment(anas, 'Comment 4 by Ana').waitFor();
  await bens.getByRole('button', { name: /new comment/ }).click();
  await comment(bens, 'Comment 4 by Ana').waitFor();
  const order = await bens
    .getByRole('region', { name: 'Comments' })
    .getByRole('article')
    .evaluateAll((all) => all.map((one) => one.ariaLabel));
  expect(order).toEqual(['Comment 2 by Ben', 'Comment 4 by Ana', 'Comment 3 by Ben']);
  const indent = async (name: string) => (await comment(bens, name).boundingBox())?.x ?? 0;
  expect(await indent('Comment 4 by Ana')).toBeGreaterThan(await indent('Comment 2 by Ben'));
  expect(await indent('Comment 3 by Ben')).toBe(await indent('Comment 2 by Ben'));

  await comment(anas, 'Comment 2 by Ben').getByRole('button', { name: 'More' }).click();
  await anas.getByRole('menuitem', { name: 'Accept as the answer' }).click();
  await comment(bens, 'Comment 2 by Ben').getByText('Accepted answer').waitFor();
  await bens.getByRole('button', { name: /^Answered by Ben/ }).waitFor();
  // Whoever may not say so is not asked.
  await comment(bens, 'Comment 2 by Ben').getByRole('button', { name: 'More' }).click();
  await bens.getByRole('menuitem', { name: 'Copy the text' }).waitFor();
  expect(await bens.getByRole('menuitem', { name: /answer/ }).count()).toBe(0);
});

test('a press that begins before the menu is loaded opens it', async () => {
  const { page } = await browser.visit(house.base, { kept: signedIn(ben) });
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route('**/assets/MeMenu-*.js', async (route) => {
    await promise;
    await route.continue();
  });
  await page.goto('/');
  const button = page.getByRole('button', { name: 'You, Ben' });
  await button.hover();
  await page.mouse.down();
  resolve();
  await button.and(page.locator('[aria-haspopup=menu]')).waitFor();
  await page.mouse.up();
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
});
