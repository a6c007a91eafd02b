import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel, Community } from '../../contracts/nouns.ts';
import { becomeAdmin, type Someone, signUp } from '../support/api.ts';
import { type House, startHouse } from '../support/house.ts';
import { useBrowser } from '../support/visitors.ts';

/** What somebody reads of one message, however it came to the screen. */
interface Seen {
  number: number;
  author: string;
  at: string | null;
  /** Null where it was deleted. */
  text: string | null;
  links: { words: string; to: string; foreign: boolean }[];
  blocks: string[];
  edited: boolean;
  accepted: boolean;
}

const browser = useBrowser();
let house: House;
let [ana, ben]: Someone[] = [];
let community: Community;
let channel: Channel;
let path: string;

const code = '```js\nif (a < b && c > 1) {\n  alert("<b>no</b>");\n}\n```';
const table = '|Kind|Days|\n|:-|-:|\n|Early|60|\n|Late & *slow*|95|';

async function make(): Promise<void> {
  if (!ana || !ben) throw new Error('Nobody is there.');
  const { channel: made } = await ana.call<{ channel: Channel }>('POST', `/v1/communities/${community.id}/discussions`, {
    title: 'When do <they> go "outside"? & how',
    body: 'Mine are **thirty** centimetres.\n\n1. first\n2. second\n\n> quoted\n\n[a page](https://example.org/a?b=1&c=2) and https://example.org/plain.',
    tags: ['seeds', 'spring'],
  });
  channel = made;
  path = `/c/${community.slug}/d/${channel.id}`;
  const say = async (who: Someone, body: string, replyTo?: number) =>
    (await who.call<{ message: { number: number } }>('POST', `/v1/channels/${channel.id}/messages`, { body, replyTo })).message.number;
  await say(ben, 'After the ice saints.');
  await say(ana, `Which are those, @${ben.person.handle}? @everyone knows?`, 2);
  await say(ben, code, 3);
  await say(ben, table);
  const edited = await say(ana, 'In Aprul.');
  const deleted = await say(ben, 'a word that I take back');
  await say(ana, '🌱🌱');
  await say(ben, 'متى تخرج الطماطم؟ مع **بعض** الكلام.');
  await say(ana, '![the plan](https://elsewhere.example/plan.png) and `inline <i>code</i>` and <b>no tags</b>');
  await say(ben, `See [the answer](/go/${channel.id}/2) or /go/${channel.id}/2, mail me@example.org.\nA new line.`, 2);
  await say(ana, '## A heading\n\n- one\n  - two\n\n---\n\n~~gone~~ *so* it is &amp; remains', 2);
  await ana.call('PATCH', `/v1/channels/${channel.id}/messages/${edited}`, { body: 'In April.' });
  await ben.call('DELETE', `/v1/channels/${channel.id}/messages/${deleted}`);
  await ana.call('PUT', `/v1/channels/${channel.id}/accepted`, { number: 2 });
}

beforeAll(async () => {
  house = await startHouse({ env: { PLAZA_PAGE: 'yes' } });
  ana = await becomeAdmin(await signUp(house.base, 'Ana Østergård'), house.servers[0]?.said() ?? '');
  ben = await signUp(house.base, '<b>Ben</b> & Söhne');
  community = await ana.createCommunity('Tomatoes & "friends"', { description: 'From **seed** to sauce.' });
  await ben.join(community);
  await make();
});
afterAll(() => house?.stop());

/** Runs in the page: both ways of showing a discussion have one article for each message. */
function readMessages(): Seen[] {
  const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
  const articles = [...document.querySelectorAll<HTMLElement>('article.message')];
  return articles.map((article) => {
    const prose = article.querySelector('.prose') ?? [...article.querySelectorAll('p[dir=auto]')].at(0) ?? null;
    const words = prose?.cloneNode(true);
    if (words instanceof HTMLElement) for (const button of words.querySelectorAll('button')) button.remove();
    const head = article.querySelector('header');
    return {
      number: Number(/\d+$/.exec(article.id)?.[0]),
      author: flat(head?.querySelector('.author, button[dir=auto]')?.textContent ?? ''),
      at: head?.querySelector('time')?.getAttribute('datetime') ?? null,
      text: words instanceof HTMLElement ? flat(words.innerText) : null,
      links: [...(prose?.querySelectorAll('a') ?? [])].map((link) => ({
        words: flat(link.textContent ?? ''),
        to: link.href,
        foreign: /\bnofollow\b/.test(link.rel) && /\bnoopener\b/.test(link.rel),
      })),
      blocks: [...(prose?.querySelectorAll('pre, table, ol, ul, blockquote, h2, hr, strong, em, s, del, code, td, th') ?? [])].map(
        (block) => `${block.localName} ${flat(block.textContent ?? '')}`,
      ),
      edited: /\bedited\b/.test(head?.innerText ?? ''),
      accepted: /Accepted answer/.test(head?.innerText ?? ''),
    };
  });
}

const byNumber = (a: Seen, b: Seen) => a.number - b.number;

/** What stands in the document itself. */
async function plainly(address: string): Promise<Page> {
  const { page } = await browser.visit(house.base, { javaScriptEnabled: false });
  await page.goto(address);
  return page;
}

/** What the page's script makes of it for a guest, once as many messages are there as there should be. */
async function lively(address: string, count: number): Promise<Page> {
  const { page } = await browser.visit(house.base);
  await page.goto(address);
  await page.locator('#app > .rendered').waitFor({ state: 'detached' });
  await expect.poll(() => page.locator('article.message').count()).toBe(count);
  return page;
}

/** Elements of the head that tell others what this is. */
const head = (page: Page) =>
  page.evaluate(() => {
    const link = (selector: string) => document.head.querySelector(selector)?.getAttribute('href') ?? null;
    return { title: document.title, canonical: link('link[rel=canonical]'), feed: link('link[type="application/rss+xml"]') };
  });

describe('a public discussion, as the server writes it and as the page shows it to a guest', () => {
  test('every message: author, time, words, links, blocks, what was done to it', async () => {
    const [server, shown] = [await plainly(path), await lively(path, 12)];
    const [written, drawn] = [await server.evaluate(readMessages), await shown.evaluate(readMessages)];
    expect(written.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(drawn.toSorted(byNumber)).toEqual(written);
    // That they agree is not enough.
    expect(written[0]).toMatchObject({ author: 'Ana Østergård', text: expect.stringContaining('Mine are thirty centimetres.') });
    expect(written[1]).toMatchObject({ author: '<b>Ben</b> & Söhne', accepted: true, edited: false });
    expect(written[3]?.text).toContain('alert("<b>no</b>");');
    expect(written[4]?.blocks).toContain('td Late & slow');
    expect(written[5]).toMatchObject({ text: 'In April.', edited: true });
    expect(written[6]).toMatchObject({ text: null });
    expect(written[7]?.text).toBe('🌱🌱');
    expect(written[9]?.links).toEqual([{ words: 'the plan', to: 'https://elsewhere.example/plan.png', foreign: true }]);
    expect(written[2]?.links[0]).toMatchObject({ to: `${house.base}/p/${ben?.person.handle}`, foreign: false });
    expect(Date.parse(written[0]?.at ?? '')).toBeGreaterThan(0);
  });

  test('the order: as it was said, and on the page each reply below what it answers', async () => {
    const server = await plainly(path);
    const answers = await server.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('article.message')].map((article) => {
        const link = [...article.querySelectorAll('header a')].find(({ textContent }) => /in reply to/.test(textContent ?? ''));
        return { number: Number(/\d+$/.exec(article.id)?.[0]), to: Number(/\d+$/.exec(link?.getAttribute('href') ?? '')?.[0] ?? 1) };
      }),
    );
    const below = (parent: number): number[] =>
      answers.filter(({ number, to }) => to === parent && number > 1).flatMap(({ number }) => [number, ...below(number)]);
    const shown = await lively(path, 12);
    const order = (await shown.evaluate(readMessages)).map(({ number }) => number);
    expect(order).toEqual([1, ...below(1)]);
    expect(order).toEqual([1, 2, 3, 4, 11, 12, 5, 6, 7, 8, 9, 10]);
  });

  test('heading, tags and the way to the community', async () => {
    for (const page of [await plainly(path), await lively(path, 12)]) {
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('When do <they> go "outside"? & how');
      for (const tag of ['seeds', 'spring']) await page.getByText(tag, { exact: true }).first().waitFor();
      const link = page.getByRole('link', { name: 'Tomatoes & "friends"' }).first();
      expect(await link.getAttribute('href')).toBe(`/c/${community.slug}`);
    }
  });

  test('what it is called in the window and elsewhere, where it lives, and its feed', async () => {
    const written = await head(await plainly(path));
    const page = await lively(path, 12);
    await expect.poll(() => head(page)).toEqual(written);
    expect(written).toEqual({
      title: 'When do <they> go "outside"? & how · Plaza',
      canonical: house.base + path,
      feed: `${house.base}${path}/feed.xml`,
    });
  });

  test('in a place with a name of its own, both say so', async () => {
    await ana?.call('PATCH', '/v1/applications/1', { name: 'The allotments' });
    const page = await lively(path, 12);
    await expect.poll(() => page.title()).toBe('When do <they> go "outside"? & how · The allotments');
    expect(await (await plainly(path)).title()).toBe('When do <they> go "outside"? & how · The allotments');
  });

  test('on the way to another discussion, nothing of the first stays in the head', async () => {
    const other = await ana?.startDiscussion(community, 'Another one');
    const page = await lively(path, 12);
    await page.getByRole('link', { name: 'Tomatoes & "friends"' }).first().click();
    await page.getByRole('link', { name: 'Another one' }).click();
    await page.getByRole('heading', { level: 1, name: 'Another one' }).waitFor();
    const now = await head(page);
    expect([null, `${house.base}/c/${community.slug}/d/${other?.id}`]).toContain(now.canonical);
    expect([null, `${house.base}/c/${community.slug}/d/${other?.id}/feed.xml`]).toContain(now.feed);
  });
});

test('a long discussion: a permalink shows its comment both ways, and all its pages together are what the page shows', async () => {
  const long = await ana?.startDiscussion(community, 'A long one');
  if (!long || !ben) throw new Error('There is no discussion.');
  for (let number = 2; number <= 130; number++) await ben.post(long, `comment ${number}`);
  const place = `/c/${community.slug}/d/${long.id}`;
  const first = await plainly(place);
  const second = await plainly(`${place}/120`);
  const written = [...(await first.evaluate(readMessages)), ...(await second.evaluate(readMessages))];
  // A page of comments around the one of the address, and what was said before it when it is asked for.
  const { page } = await browser.visit(house.base);
  await page.goto(`${place}/120`);
  const named = page.getByRole('article', { name: /^Comment 120 by/ });
  await expect.poll(() => named.evaluate(isOnScreen)).toBe(true);
  const earlier = page.getByRole('button', { name: 'Earlier comments' });
  await earlier.scrollIntoViewIfNeeded();
  const topOf = (text: string) => page.getByText(text, { exact: true }).evaluate((words) => Math.round(words.getBoundingClientRect().top));
  const firstShown = (await page.evaluate(readMessages))[1]?.text ?? '';
  const before = await topOf(firstShown);
  // Where some are loaded and not drawn yet, it draws these first.
  await expect
    .poll(async () => {
      await earlier.evaluateAll((all: HTMLElement[]) => all.forEach((one) => void one.click()));
      return page.locator('article.message').count();
    })
    .toBe(130);
  const drawn = await page.evaluate(readMessages);
  const numbers = [...new Set(written.map(({ number }) => number))];
  expect(drawn.map(({ number }) => number)).toEqual(numbers);
  expect(drawn.map(({ text }) => text)).toEqual(numbers.map((number) => (number === 1 ? 'A long one' : `comment ${number}`)));
  // What one reads does not move when more comes above it.
  expect(Math.abs((await topOf(firstShown)) - before)).toBeLessThan(60);
  expect(await second.getByText('comment 120', { exact: true }).isVisible()).toBe(true);
});

function isOnScreen(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

describe('what a guest may not read is in nothing that the server writes', () => {
  const secret = 'a-word-that-is-nowhere-else';

  /** Every address under which it could stand. */
  async function everywhere(slug: string, id: string): Promise<{ status: number; text: string }[]> {
    const place = `/c/${slug}`;
    const addresses = [
      place,
      `${place}/d/${id}`,
      `${place}/d/${id}/1`,
      `${place}/d/${id}/2`,
      `${place}/feed.xml`,
      `${place}/d/${id}/feed.xml`,
    ];
    return Promise.all(
      [...addresses, '/communities', '/sitemap.xml', `/c/${community.slug}/d/${id}`, `/go/${id}`, `${place}/about`, `${place}/members`].map(
        async (address) => {
          const answer = await fetch(house.base + address, { headers: { accept: 'text/html' } });
          return { status: answer.status, text: await answer.text() };
        },
      ),
    );
  }

  test('a private community', async () => {
    const hidden = await ana?.createCommunity(`Hidden ${secret}`, { visibility: 'private', slug: 'hidden', description: secret });
    if (!hidden || !ana) throw new Error('There is no community.');
    const inside = await ana.startDiscussion(hidden, `Inside ${secret}`);
    await ana.post(inside, secret);
    const answers = await everywhere(hidden.slug, inside.id);
    for (const { text } of answers) expect(text).not.toContain(secret);
    expect(answers.slice(0, 6).map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);

    const { page } = await browser.visit(house.base);
    await page.goto(`/c/${hidden.slug}/d/${inside.id}`);
    await page.getByRole('heading', { name: 'No discussion here that you may read' }).waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  test('what was deleted or edited away', async () => {
    const open = await ana?.startDiscussion(community, 'With regrets');
    if (!open || !ana) throw new Error('There is no discussion.');
    const [deleted, edited] = [await ana.post(open, `${secret} deleted`), await ana.post(open, `${secret} edited`)];
    await ana.call('DELETE', `/v1/channels/${open.id}/messages/${deleted.number}`);
    await ana.call('PATCH', `/v1/channels/${open.id}/messages/${edited.number}`, { body: 'better words' });
    const answers = await everywhere(community.slug, open.id);
    for (const { text } of answers) expect(text).not.toContain(secret);
    expect(answers[1]?.text).toContain('better words');
    const page = await lively(`/c/${community.slug}/d/${open.id}`, 3);
    expect(await page.content()).not.toContain(secret);
  });

  test('a community that becomes private takes its pages along', async () => {
    const open = await ana?.createCommunity('Soon closed', { description: secret });
    if (!open || !ana) throw new Error('There is no community.');
    const inside = await ana.startDiscussion(open, `Inside ${secret}`);
    const before = await everywhere(open.slug, inside.id);
    expect(before[1]).toMatchObject({ status: 200, text: expect.stringContaining(secret) });
    await ana.call('PATCH', `/v1/communities/${open.id}`, { visibility: 'private' });
    for (const { text } of await everywhere(open.slug, inside.id)) expect(text).not.toContain(secret);
  });
});
