import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Channel, Community } from '../../contracts/nouns.ts';
import { password, rest, type Someone, signUp } from '../support/api.ts';
import { dangers, findAll, trap } from '../support/dangers.ts';
import { type House, startHouse } from '../support/house.ts';
import { allVectors, flat, type Vector } from '../support/vectors.ts';
import { visitAs } from '../support/visitAs.ts';
import { useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
const perProfile = 7;
const profiles = Math.ceil(allVectors.length / perProfile);
const together = allVectors.map(({ body }) => body).join('\n\n');
const texts = allVectors.map(({ text }) => text);

let house: House;
let ola: Someone;
let invited: Someone;
let people: Someone[];
/** The community in which everything happens; the others only have names. */
let main: Community;
let named: Community[];
let chat: Channel;
let talk: Channel;
let namedChat: Channel;
let namedDiscussions: Channel[];

beforeAll(async () => {
  house = await startHouse({ env: { PLAZA_PAGE: 'yes' } });
  ola = await signUp(house.base, 'Ola');
  invited = await signUp(house.base, 'Ines');
  main = await ola.createCommunity('Everything', {
    description: together.slice(0, 2000),
    tags: allVectors.flatMap(({ tag }) => tag ?? []).slice(0, 10),
  });
  chat = await ola.createChat(main, 'Where it is said');
  talk = await ola.startDiscussion(main, 'Where it is discussed');
  people = await each((vector) => signUp(house.base, vector.text), 4);
  named = await each(({ text, tag }) => ola.createCommunity(text, { description: text, ...(tag && { tags: [tag] }) }));
  await each(({ text }) => ola.createChat(main, text, { topic: text }));
  namedChat = await ola.createChat(main, texts[9] ?? '', { topic: texts[8] });
  namedDiscussions = await each(async ({ text, body, tag }) => {
    const made = { title: text, body, ...(tag && { tags: [tag] }) };
    return (await ola.call<{ channel: Channel }>('POST', `/v1/communities/${main.id}/discussions`, made)).channel;
  });
  // One after the other, so that they stand in their order.
  for (const [i, vector] of allVectors.entries()) await speak(people[i], vector);
  await each(tellOfOneself);
  await each(reasons);
  for (const community of named.slice(0, 12)) await ola.call('PUT', `/v1/communities/${community.id}/invitations/${invited.person.id}`);
}, 300_000);
afterAll(() => house?.stop());

async function each<T>(work: (vector: Vector, i: number) => Promise<T>, atOnce = 8): Promise<T[]> {
  const done: T[] = [];
  for (let start = 0; start < allVectors.length; start += atOnce)
    done.push(...(await Promise.all(allVectors.slice(start, start + atOnce).map((vector, i) => work(vector, start + i)))));
  return done;
}

async function speak(who: Someone | undefined, { body, text }: Vector): Promise<void> {
  if (!who) return;
  await who.join(main);
  const { number } = await who.post(chat, body);
  await who.call('POST', `/v1/channels/${chat.id}/messages`, { body: `on ${text}`, replyTo: number });
  await who.post(talk, body);
  await ola.call('PUT', `/v1/channels/${chat.id}/messages/${number}/bookmark`);
  if (number < 20) await ola.call('PUT', `/v1/channels/${chat.id}/messages/${number}/pin`);
}

/** About and interests hold those of several, so that fewer profiles have to be looked at. */
async function tellOfOneself({ text }: Vector, i: number): Promise<void> {
  const who = people[i];
  if (!who || i >= profiles) return;
  const mine = texts.slice(i * perProfile, (i + 1) * perProfile);
  const interests = mine.filter((one) => one.length <= 40);
  await who.call('PATCH', '/v1/me', { about: mine.join('\n'), interests, status: { emoji: '🌱', text } });
}

/** Why somebody did what moderators do. */
async function reasons({ text }: Vector, i: number): Promise<void> {
  const who = people[i];
  if (!who) return;
  const { number } = await who.post(chat, `to be deleted ${i}`);
  await ola.call('DELETE', `/v1/channels/${chat.id}/messages/${number}?reason=${encodeURIComponent(text)}`);
  if (i % 8 !== 0) return;
  await ola.call('PUT', `/v1/communities/${main.id}/bans/${who.person.id}`, { reason: text });
  await ola.call('DELETE', `/v1/communities/${main.id}/bans/${who.person.id}?reason=${encodeURIComponent(text)}`);
  await who.join(main);
}

const asTags = allVectors.flatMap(({ tag }) => tag ?? []);
const asWords = allVectors.flatMap(({ spoken }) => spoken);

async function visit(who: Someone | null): Promise<Page> {
  const { page } = who === null ? await browser.visit(house.base) : await visitAs(browser, who, '/robots.txt');
  await page.addInitScript(trap);
  page.on('dialog', (dialog) => {
    throw new Error(`A dialog: ${dialog.message()}`);
  });
  return page;
}

describe('what is shown to the signed-in', { timeout: 180_000 }, () => {
  let page: Page;
  beforeEach(async () => {
    page = await visit(ola);
  });
  afterEach(async () => {
    expect(await page.evaluate(dangers, null)).toEqual([]);
  });

  test('home: communities in the rail, what is new', async () => {
    await page.goto('/');
    await findAll(page, texts);
    await findAll(page, texts, { where: 'nav[aria-label=Main]' });
  });

  test('communities: names, descriptions, tags', async () => {
    await page.goto('/communities');
    await findAll(page, [...texts, ...asTags]);
  });

  test('discussions of a community, with their tags and how they begin; channels at the side', async () => {
    await page.goto(`/c/${main.slug}`);
    await findAll(page, [...texts, ...asTags]);
    await findAll(page, texts, { where: 'nav[aria-label=Everything]' });
  });

  test('members, about, settings, and what was done with which reason', async () => {
    await page.goto(`/c/${main.slug}/members`);
    await findAll(page, texts);
    await page.goto(`/c/${main.slug}/about`);
    await findAll(
      page,
      allVectors.filter(({ body }) => main.description.includes(`${body}\n`)).flatMap(({ spoken }) => spoken),
    );
    await page.goto(`/c/${main.slug}/settings`);
    await findAll(page, texts);
    await page.goto(`/c/${main.slug}/moderation`);
    await findAll(page, texts);
  });

  test('messages of a chat, quotes of them, their authors; pinned ones', async () => {
    await page.goto(`/c/${main.slug}/chat/${chat.id}`);
    await page.getByRole('feed').getByRole('article').first().waitFor();
    await findAll(page, [...asWords, ...texts]);
    await page.getByRole('button', { name: 'Details' }).first().click();
    await page
      .getByRole('complementary', { name: 'Details' })
      .getByText(texts[0] ?? '')
      .first()
      .waitFor();
  });

  test('title and topic of a channel', async () => {
    await page.goto(`/c/${main.slug}/chat/${namedChat.id}`);
    await page.getByRole('button', { name: 'Details' }).first().click();
    await findAll(page, [texts[9] ?? '', texts[8] ?? '']);
    await expect.poll(() => page.title()).toContain(texts[9]);
  });

  test('comments of a discussion and their authors', async () => {
    await page.goto(`/c/${main.slug}/d/${talk.id}`);
    await findAll(page, [...asWords, ...texts]);
  });

  test('profiles: about, interests, status', async () => {
    for (const [i, { person }] of people.slice(0, profiles).entries()) {
      await page.goto(`/p/${person.handle}`);
      await findAll(page, [...texts.slice(i * perProfile, (i + 1) * perProfile), `${texts[i]}`]);
    }
  });

  test('bookmarks', async () => {
    await page.goto('/bookmarks');
    await findAll(page, [...texts, ...allVectors.map((_, i) => `y${i}y`)]);
  });

  test('names of groups, and of those in them', async () => {
    const [first, second] = people;
    for (const { text } of allVectors.slice(0, 45))
      await ola.call('POST', '/v1/groups', { name: text, people: [first?.person.id, second?.person.id] });
    await page.goto('/messages');
    await findAll(page, texts.slice(0, 45));
  });

  test('a draft comes back as it was written, and its preview is safe', async () => {
    await ola.call('PUT', `/v1/me/drafts/${namedChat.id}`, { body: together });
    await page.goto(`/c/${main.slug}/chat/${namedChat.id}`);
    const field = page.getByRole('textbox', { name: /^Write in/ });
    await expect.poll(() => field.inputValue()).toContain('y0y');
    expect(flat(await field.inputValue())).toBe(flat(together));
    await page.getByRole('button', { name: 'Preview' }).click();
    await findAll(page, asWords);
    await ola.call('PUT', `/v1/me/drafts/${main.id}`, { title: texts[1], body: together });
    await page.goto(`/c/${main.slug}/new`);
    await expect.poll(() => page.getByLabel('Title').inputValue()).toBe(texts[1]);
    await page.getByRole('button', { name: 'Preview' }).click();
    await findAll(page, asWords);
  });

  test('my own fields', async () => {
    await ola.call('PATCH', '/v1/me', { name: texts[9], about: texts.slice(0, 20).join('\n'), status: { emoji: '🌱', text: texts[12] } });
    await page.goto('/you');
    await findAll(page, [texts[9] ?? '', texts[0] ?? '', texts[12] ?? '']);
    await ola.call('PATCH', '/v1/me', { name: 'Ola', status: null });
  });

  test('what the quick switcher finds', async () => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox');
    for (const mark of allVectors.slice(0, 20).map((_, i) => `z${i}z`)) {
      await field.fill(mark);
      await page.getByRole('option').filter({ hasText: mark }).first().waitFor();
      expect(await page.evaluate(dangers, null)).toEqual([]);
    }
  });

  test('invitations, by whom and to what', async () => {
    const theirs = await visit(invited);
    await theirs.goto('/communities');
    const invitations = theirs.getByRole('region', { name: 'Invitations for you' });
    for (const text of texts.slice(0, 12)) await invitations.getByText(text, { exact: true }).waitFor();
    expect(await theirs.evaluate(dangers, null)).toEqual([]);
  });

  test('what comes while one looks', async () => {
    const live = await ola.createChat(main, 'Live');
    await page.goto(`/c/${main.slug}/chat/${live.id}`);
    await page.getByRole('textbox', { name: /^Write in/ }).waitFor();
    for (const [i, { body }] of allVectors.entries()) {
      if (i % 3 !== 0) continue;
      await people[i]?.post(live, body);
      await page.getByRole('feed').getByText(`y${i}y`).first().waitFor();
    }
    expect(await page.evaluate(dangers, null)).toEqual([]);
  });
});

describe('what guests get', { timeout: 180_000 }, () => {
  test('in the page', async () => {
    const page = await visit(null);
    await page.goto('/');
    await findAll(page, texts.slice(-20));
    await page.goto('/communities');
    await findAll(page, [...texts, ...asTags]);
    await page.goto(`/c/${main.slug}/d/${talk.id}`);
    await findAll(page, [...asWords, ...texts]);
  });

  test('as the server writes it: every discussion, every community, their feeds', async () => {
    const page = await visit(null);
    await page.goto('/sign-in');
    const titles = (html: string) =>
      page.evaluate((given) => new DOMParser().parseFromString(given, 'text/html').body.textContent ?? '', html);
    for (const [i, { text }] of allVectors.entries()) {
      for (const address of [`/c/${main.slug}/d/${namedDiscussions[i]?.id}`, `/c/${named[i]?.slug}`]) {
        const { status, text: html } = await rest(house.base, null, 'GET', address);
        expect({ address, status, dangers: await page.evaluate(dangers, html) }).toEqual({ address, status: 200, dangers: [] });
        expect(flat(await titles(html))).toContain(flat(text));
        const feed = await rest(house.base, null, 'GET', `${address}/feed.xml`);
        const found = await page.evaluate((xml) => {
          const read = new DOMParser().parseFromString(xml, 'application/xml');
          const html = [...read.querySelectorAll('item > description')].map((one) => one.textContent ?? '').join('\n');
          return { title: read.querySelector('channel > title')?.textContent, html };
        }, feed.text);
        expect(flat(found.title ?? '')).toBe(flat(text));
        expect(await page.evaluate(dangers, found.html)).toEqual([]);
        if (address.includes('/d/')) expect(found.html).toContain(`y${i}y`);
      }
    }
    for (const address of [`/c/${main.slug}`, `/c/${main.slug}/d/${talk.id}`, '/communities']) {
      const { text: html } = await rest(house.base, null, 'GET', address);
      expect(await page.evaluate(dangers, html)).toEqual([]);
    }
  });

  test('in addresses', async () => {
    const page = await visit(null);
    for (const { text } of allVectors.filter((_, i) => i % 6 === 0)) {
      const words = encodeURIComponent(text);
      for (const address of [
        `/communities?q=${words}`,
        `/communities?tag=${words}`,
        `/c/${words}`,
        `/${words}`,
        `/c/${main.slug}?tag=${words}`,
      ]) {
        await page.goto(address);
        await page.getByRole('heading').first().waitFor();
        expect(await page.evaluate(dangers, null)).toEqual([]);
      }
    }
  });

  test('after signing in one is led nowhere else', async () => {
    for (const to of [
      'javascript:alert(1)',
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/%09/evil.example',
      '\t//evil.example',
    ]) {
      const fresh = await visit(null);
      await fresh.goto(`/sign-in?to=${encodeURIComponent(to)}`);
      await fresh.getByLabel('E-mail').fill(invited.email);
      await fresh.getByLabel('Password', { exact: true }).fill(password);
      await fresh.getByRole('button', { name: 'Sign in' }).click();
      await fresh.getByRole('button', { name: 'You, Ines' }).waitFor();
      expect(new URL(fresh.url()).origin).toBe(house.base);
      expect(await fresh.evaluate(dangers, null)).toEqual([]);
    }
  });
});

test('fields that take a form of their own refuse them all', async () => {
  const number = (await ola.post(chat, 'to react to')).number;
  for (const { text } of allVectors) {
    expect((await rest(house.base, ola.token, 'PATCH', '/v1/me', { handle: text })).status).toBe(400);
    expect((await rest(house.base, ola.token, 'PATCH', '/v1/me', { avatar: text })).status).toBe(400);
    expect((await rest(house.base, ola.token, 'PATCH', '/v1/me', { status: { emoji: text, text: '' } })).status).toBe(400);
    expect((await rest(house.base, ola.token, 'POST', '/v1/communities', { name: 'A name', slug: text })).status).toBe(400);
    const emoji = encodeURIComponent(text);
    expect(
      (await rest(house.base, ola.token, 'PUT', `/v1/channels/${chat.id}/messages/${number}/reactions/${emoji}`)).status,
    ).toBeGreaterThan(399);
  }
});

test('the traps work: what would run is noticed', async () => {
  const page = await visit(ola);
  browser.expectProblem(/script-src/);
  await page.goto('/');
  for (const html of ['<img src=x onerror=alert(1)>', '<a href="java\tscript:alert(1)">x</a>', '<iframe></iframe>', '<p id=hit></p>'])
    expect(await page.evaluate(dangers, html)).not.toEqual([]);
  await page.evaluate(() => alert(1));
  expect(await page.evaluate(dangers, null)).toContain('a script ran');
});
