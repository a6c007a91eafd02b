import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Channel, Message } from '../../contracts/nouns.ts';
import { composerOf, enterChat, feedOf, messageOf, onScreen, readThrough, say } from '../support/chatPage.ts';
import { createLine, type Line } from '../support/line.ts';
import { twoPeopleIn } from '../support/twoPeople.ts';
import { visitAs } from '../support/visitAs.ts';
import { useBrowser, type Visitor } from '../support/visitors.ts';

const browser = useBrowser();
const { house, ana, ben, community, chatPath } = await twoPeopleIn('Lighthouses');
/** Between Ben and the server. */
let line: Line;

beforeEach(async () => {
  line = await createLine(house.base);
});
afterEach(() => line.cut());

const offline = (page: Page) => page.getByText('Offline. What you write is kept and sent as soon as the connection is back.').first();

async function benIn(name: string): Promise<{ channel: Channel; page: Page; visitor: Visitor }> {
  const channel = await ana.createChat(community, name);
  await ana.post(channel, 'Is the lamp lit?');
  const visitor = await enterChat(browser, ben, chatPath(channel), { base: line.base });
  await messageOf(visitor.page, 'Is the lamp lit?').waitFor();
  // What fails while there is no line is told by the browser itself.
  browser.expectProblem(/WebSocket connection|ERR_|Failed to fetch|NetworkError/);
  return { channel, visitor, page: visitor.page };
}

/** The whole log as the server has it: "name: words" of each message, the first at 0. */
async function logOf(channel: Channel): Promise<string[]> {
  const all: Message[] = [];
  for (let more = true; more; ) {
    const page = await ana.call<{ items: Message[]; more: { after: boolean } }>(
      'GET',
      `/v1/channels/${channel.id}/messages?limit=100&after=${all.length}`,
    );
    all.push(...page.items);
    more = page.more.after;
  }
  const names = new Map([ana, ben].map(({ person }) => [person.id, person.name]));
  return all.map(({ author, body }) => `${names.get(author ?? '')}: ${body}`);
}

/** The same as Ben reads it, without the times. */
async function readBy(page: Page): Promise<string[]> {
  // All that is on its way has a number.
  await expect
    .poll(() =>
      feedOf(page)
        .getByText(/^(Sending|Kept here)/)
        .count(),
    )
    .toBe(0);
  const read = await readThrough(page);
  const numbers = [...read.keys()].sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  return numbers.map((number) => (read.get(number) ?? '').replace(/^(\w+), [^:]+:\d\d: /, '$1: '));
}

const times = (log: readonly string[], words: string) => log.filter((one) => one === words).length;

test('a cut: the page says so, keeps what is written, and has everything once after it, in order', async () => {
  const { channel, page } = await benIn('A cut');
  await line.cut();
  await offline(page).waitFor();
  // It takes room of its own below what is read and written.
  const [told, composer, head] = [offline(page), composerOf(page), page.getByRole('heading', { level: 1, name: 'A cut' })];
  const { y = 0 } = (await told.boundingBox()) ?? {};
  for (const part of [composer, head, messageOf(page, 'Is the lamp lit?')]) {
    const box = await part.boundingBox();
    expect((box?.y ?? y) + (box?.height ?? 0)).toBeLessThanOrEqual(y);
  }
  for (const words of ['First', 'Second', 'Third']) await say(page, words);
  for (const words of ['First', 'Second', 'Third'])
    await messageOf(page, words).getByText('Kept here, and sent when you are back online').waitFor();
  for (let i = 1; i <= 200; i++) await ana.post(channel, `Ship number ${i}`);
  expect(await messageOf(page, 'Ship number').count()).toBe(0);

  await line.mend();
  await offline(page).waitFor({ state: 'detached', timeout: 30_000 });
  await expect.poll(async () => (await logOf(channel)).length, { timeout: 30_000 }).toBe(204);
  await page.getByText('Kept here, and sent when you are back online').first().waitFor({ state: 'detached' });
  const log = await logOf(channel);
  expect(log.slice(-3)).toEqual(['Ben: First', 'Ben: Second', 'Ben: Third']);
  expect(log.slice(1, 201)).toEqual(Array.from({ length: 200 }, (_, i) => `Ana: Ship number ${i + 1}`));
  expect(await readBy(page)).toEqual(log);
});

test('without a network in the browser itself the same holds', async () => {
  const { channel, page, visitor } = await benIn('No network');
  await visitor.context.setOffline(true);
  await line.cut();
  await offline(page).waitFor();
  await say(page, 'From the cellar');
  await ana.post(channel, 'From the tower');
  await line.mend();
  await visitor.context.setOffline(false);
  await messageOf(page, 'From the tower').waitFor();
  await offline(page).waitFor({ state: 'detached' });
  await expect.poll(() => logOf(channel)).toEqual(['Ana: Is the lamp lit?', 'Ana: From the tower', 'Ben: From the cellar']);
  expect(await readBy(page)).toEqual(await logOf(channel));
});

test('opened anew without a network the page is there, and what was not sent is sent once', async () => {
  const { channel, page } = await benIn('A reload');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await line.cut();
  await offline(page).waitFor();
  for (const words of ['Before the reload', 'And this']) await say(page, words);
  await messageOf(page, 'And this').waitFor();
  await page.reload();
  await offline(page).waitFor();
  // What was on the screen, and what waits, in the chat that the side bar names.
  await messageOf(page, 'Is the lamp lit?').waitFor();
  for (const words of ['Ben, [^:]+:.*Before the reload', 'Ben, [^:]+:.*And this'])
    await messageOf(page, new RegExp(words)).getByText('Kept here, and sent when you are back online').waitFor();
  await page.getByRole('link', { name: 'Lighthouses' }).first().waitFor();
  await page.getByRole('heading', { level: 1, name: 'A reload' }).waitFor();
  await say(page, 'Even now');
  await messageOf(page, 'Even now').getByText('Kept here, and sent when you are back online').waitFor();
  await ana.post(channel, 'Meanwhile');
  await line.mend();
  await messageOf(page, 'Meanwhile').waitFor({ timeout: 30_000 });
  await expect.poll(async () => (await logOf(channel)).length, { timeout: 30_000 }).toBe(5);
  expect(await readBy(page)).toEqual(await logOf(channel));
  await page.reload();
  await messageOf(page, 'And this').waitFor();
  const log = await logOf(channel);
  expect(log.filter((one) => one.startsWith('Ben'))).toEqual(['Ben: Before the reload', 'Ben: And this', 'Ben: Even now']);
  expect(await readBy(page)).toEqual(log);
});

test('opened anew without a network, the list of messages says what was said last; signed out elsewhere, it keeps none of it', async () => {
  const direct = await ana.call<Channel>('POST', '/v1/directs', { person: ben.person.id });
  await ana.post(direct, 'The oil is here');
  const { page } = await visitAs(browser, ben, '/messages', { base: line.base });
  browser.expectProblem(/WebSocket connection|ERR_|Failed to fetch|NetworkError/);
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Ana' });
  await row.getByText('The oil is here').waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await line.cut();
  await offline(page).waitFor();
  await page.reload();
  await row.getByText('The oil is here').waitFor();
  await ana.post(direct, 'And the wick');
  await line.mend();
  await row.getByText('And the wick').waitFor({ timeout: 30_000 });

  const isKept = () => page.evaluate(() => Object.values(localStorage).some((text) => text.includes('And the wick')));
  expect(await isKept()).toBe(true);
  const { items: devices } = await ben.call<{ items: { id: string }[] }>('GET', '/v1/devices');
  for (const { id } of devices) if (id !== ben.device) await ben.call('DELETE', `/v1/devices/${id}`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await isKept()).toBe(false);
});

test('a chat that was never read on this device shows what waits in it, and becomes whole', async () => {
  const { channel, page } = await benIn('Never read');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await line.cut();
  await offline(page).waitFor();
  await say(page, 'Into the dark');
  await messageOf(page, 'Into the dark').waitFor();
  // As if the page had been killed before it could keep what it showed.
  await page.addInitScript(() => {
    for (const name of Object.keys(localStorage)) if (/^plaza\.(logs|lists)\./.test(name)) localStorage.removeItem(name);
  });
  await page.reload();
  await messageOf(page, 'Into the dark').getByText('Kept here, and sent when you are back online').waitFor();
  await page.getByText('No connection. What was said here appears as soon as there is one.').waitFor();
  await line.mend();
  await messageOf(page, 'Is the lamp lit?').waitFor({ timeout: 30_000 });
  await expect.poll(() => logOf(channel)).toEqual(['Ana: Is the lamp lit?', 'Ben: Into the dark']);
  expect(await readBy(page)).toEqual(await logOf(channel));
});

test('a message whose answer got lost is there once', async () => {
  const { channel, page } = await benIn('A lost answer');
  const server = house.servers[0]?.process;
  server?.kill('SIGSTOP');
  try {
    await say(page, 'Did you hear that?');
    await messageOf(page, 'Did you hear that?').waitFor();
    await line.cut();
  } finally {
    server?.kill('SIGCONT');
  }
  await offline(page).waitFor();
  await line.mend();
  await offline(page).waitFor({ state: 'detached', timeout: 30_000 });
  await say(page, 'I did.');
  await expect.poll(async () => times(await logOf(channel), 'Ben: I did.')).toBe(1);
  expect(times(await logOf(channel), 'Ben: Did you hear that?')).toBe(1);
  expect((await onScreen(page)).filter(({ words }) => words.includes('Did you hear that?'))).toHaveLength(1);
});

test('the server is killed and starts again: a blink, without a reload and without a loss', async () => {
  const { channel, page } = await benIn('A blink');
  await page.evaluate(() => Object.assign(globalThis, { stillHere: true }));
  await say(page, 'Before');
  await messageOf(page, 'Before').waitFor();
  await expect.poll(async () => (await logOf(channel)).length).toBe(2);
  await house.kill();
  await say(page, 'While it was away');
  await messageOf(page, 'While it was away').waitFor();
  // What was read stays on the screen.
  for (const words of ['Is the lamp lit?', 'Before']) expect(await messageOf(page, words).isVisible()).toBe(true);
  await house.startAgain();
  await ana.post(channel, 'After');
  await messageOf(page, 'After').waitFor({ timeout: 30_000 });
  await offline(page).waitFor({ state: 'detached' });
  await expect.poll(async () => times(await logOf(channel), 'Ben: While it was away'), { timeout: 30_000 }).toBe(1);
  expect(await readBy(page)).toEqual(await logOf(channel));

  // Pages that were not loaded yet come from the new server.
  await page.getByRole('link', { name: 'All discussions' }).click();
  await page.getByRole('heading', { level: 1, name: 'Lighthouses' }).waitFor();
  await page.getByRole('link', { name: /^Members/ }).click();
  await page.getByRole('main').getByText('Ana').first().waitFor();
  expect(await page.evaluate(() => 'stillHere' in globalThis)).toBe(true);
});

test('what is refused stays, with the reason, and goes out when it may', async () => {
  const { channel, page } = await benIn('A refusal');
  await line.cut();
  await offline(page).waitFor();
  await say(page, 'Fog from the west');
  await say(page, 'Or rather the north');
  await ana.call('PATCH', `/v1/channels/${channel.id}`, { posting: 'moderators' });
  await line.mend();
  const first = messageOf(page, 'Fog from the west');
  const second = messageOf(page, 'Or rather the north');
  for (const message of [first, second]) await message.getByRole('alert').getByText('Not sent: ').waitFor({ timeout: 30_000 });
  await page.getByText('Only moderators write here; you can read and react.').waitFor();
  await page.reload();
  for (const message of [first, second]) await message.getByRole('alert').getByText('Not sent: ').waitFor();
  expect(await logOf(channel)).toEqual(['Ana: Is the lamp lit?']);

  await ana.call('PATCH', `/v1/channels/${channel.id}`, { posting: 'everyone' });
  await composerOf(page).waitFor();
  await second.getByRole('button', { name: 'Discard' }).click();
  await second.waitFor({ state: 'detached' });
  await first.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => logOf(channel)).toEqual(['Ana: Is the lamp lit?', 'Ben: Fog from the west']);
  await first.getByRole('alert').waitFor({ state: 'detached' });
  expect(await feedOf(page).getByRole('article').count()).toBe(2);
});
