import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Channel, Community } from '../../contracts/nouns.ts';
import { type Someone, signUp } from '../support/api.ts';
import { holdConnection } from '../support/held.ts';
import { type House, startHouse } from '../support/house.ts';
import { signedIn } from '../support/signedIn.ts';
import { visitAs } from '../support/visitAs.ts';
import { useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
let house: House;
let [olga, mo, rita, ben]: Someone[] = [];
let community: Community;
let chat: Channel;
let talk: Channel;

beforeAll(async () => {
  house = await startHouse({ env: { PLAZA_PAGE: 'yes' } });
  olga = await signUp(house.base, 'Olga');
  mo = await signUp(house.base, 'Mo');
  rita = await signUp(house.base, 'Rita');
  ben = await signUp(house.base, 'Ben');
  community = await olga.createCommunity('Tomatoes');
  for (const one of [mo, rita, ben]) await one.join(community);
  await olga.call('PATCH', `/v1/communities/${community.id}/members/${mo.person.id}`, { role: 'moderator' });
  chat = await olga.createChat(community, 'greenhouse');
  talk = await olga.startDiscussion(community, 'When do they go outside?');
});
afterAll(() => house?.stop());

async function at(who: Someone | undefined, path: string): Promise<Page> {
  if (!who) throw new Error('Nobody is there.');
  return (await visitAs(browser, who, path)).page;
}

const chatPath = () => `/c/${community.slug}/chat/${chat.id}`;
const talkPath = () => `/c/${community.slug}/d/${talk.id}`;

/** Opens the menu of what one may do with a message. */
async function menuOf(page: Page, message: Locator): Promise<void> {
  await message.hover();
  await message.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menu').waitFor();
}

async function sayWhy(page: Page, title: string | RegExp, reason: string, action: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByLabel(/^Reason/).fill(reason);
  await dialog.getByRole('button', { name: action, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

describe('messages of others', () => {
  test('a moderator deletes one in a chat with a reason, all see it, and brings it back', async () => {
    await rita?.post(chat, 'Buy my miracle fertilizer');
    const [moderator, reader] = [await at(mo, chatPath()), await at(ben, chatPath())];
    for (const page of [moderator, reader]) await page.getByRole('feed').getByText('Buy my miracle fertilizer').waitFor();
    await menuOf(moderator, moderator.getByRole('article', { name: /miracle fertilizer/ }));
    await moderator.getByRole('menuitem', { name: 'Delete' }).click();
    await sayWhy(moderator, 'Delete this message of Rita?', 'Advertising', 'Delete');
    for (const page of [moderator, reader]) {
      await page.getByRole('feed').getByText('This message was deleted.').waitFor();
      expect(await page.getByRole('feed').getByText('Buy my miracle fertilizer').count()).toBe(0);
    }

    await menuOf(moderator, moderator.getByRole('article', { name: /This message was deleted/ }));
    await moderator.getByRole('menuitem', { name: 'Restore' }).click();
    for (const page of [moderator, reader]) await page.getByRole('feed').getByText('Buy my miracle fertilizer').waitFor();
  });

  test('the same for a comment', async () => {
    await rita?.post(talk, 'Only fools wait until May');
    const [moderator, reader] = [await at(mo, talkPath()), await at(ben, talkPath())];
    for (const page of [moderator, reader]) await page.getByText('Only fools wait until May').waitFor();
    await menuOf(moderator, moderator.getByRole('article', { name: /^Comment \d+ by Rita/ }));
    await moderator.getByRole('menuitem', { name: 'Delete' }).click();
    await sayWhy(moderator, 'Delete what Rita wrote?', 'Calls names', 'Delete');
    for (const page of [moderator, reader]) {
      await page.getByText('This comment was deleted.').waitFor();
      expect(await page.getByText('Only fools wait until May').count()).toBe(0);
    }
    expect(await reader.getByRole('button', { name: 'Restore' }).count()).toBe(0);
    await moderator
      .getByRole('article', { name: /^Comment \d+ by Rita/ })
      .getByRole('button', { name: 'Restore' })
      .click();
    for (const page of [moderator, reader]) await page.getByText('Only fools wait until May').waitFor();
  });

  test('who is no moderator is not offered it', async () => {
    const page = await at(ben, chatPath());
    await menuOf(page, page.getByRole('article', { name: /miracle fertilizer/ }));
    // What one may do is known with this.
    await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'Delete' }).count()).toBe(0);
  });
});

describe('members', () => {
  test('are removed and banned with a reason; the list of what was done tells it, newest first', async () => {
    const [gina, hugo] = [await signUp(house.base, 'Gina'), await signUp(house.base, 'Hugo')];
    for (const one of [gina, hugo]) await one.join(community);
    const page = await at(mo, `/c/${community.slug}/members`);
    await page.getByRole('button', { name: 'Actions for Gina' }).click();
    await page.getByRole('menuitem', { name: 'Remove from the community' }).click();
    await sayWhy(page, 'Remove Gina?', 'Sells things', 'Remove');
    await expect.poll(() => page.getByRole('button', { name: 'Actions for Gina' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Actions for Hugo' }).click();
    await page.getByRole('menuitem', { name: 'Ban' }).click();
    await sayWhy(page, 'Ban Hugo?', 'Sells things, again', 'Ban');
    await expect.poll(() => page.getByRole('button', { name: 'Actions for Hugo' }).count()).toBe(0);
    // A moderator takes neither the owner's place nor another moderator's.
    expect(await page.getByRole('button', { name: 'Actions for Olga' }).count()).toBe(0);

    await page.getByRole('link', { name: 'Moderation' }).click();
    const told = page
      .getByRole('main')
      .getByRole('listitem')
      .filter({ has: page.getByRole('time') });
    await expect
      .poll(async () => (await told.allInnerTexts()).map((text) => text.split('\n').filter(Boolean).slice(0, 2)))
      .toEqual([
        ['Mo banned Hugo.', 'Sells things, again'],
        ['Mo removed Gina from the community.', 'Sells things'],
        ['Mo restored a message of Rita in “When do they go outside?”.', expect.any(String)],
        ['Mo deleted a message of Rita in “When do they go outside?”.', 'Calls names'],
        ['Mo restored a message of Rita in “greenhouse”.', expect.any(String)],
        ['Mo deleted a message of Rita in “greenhouse”.', 'Advertising'],
        expect.arrayContaining(['Olga made Mo a moderator.']),
      ]);

    // Gina may come again, Hugo may not, until the ban is lifted.
    await gina.join(community);
    await expect(hugo.join(community)).rejects.toThrow(/403/);
    expect(await page.getByRole('listitem').filter({ hasText: 'Banned by Mo' }).innerText()).toMatch(/Hugo[\s\S]*Sells things, again/);
    await page.getByRole('button', { name: 'Lift the ban on Hugo' }).click();
    await page.getByText('Mo lifted the ban on Hugo.').waitFor();
    await hugo.join(community);
  });

  test('a plain member sees no such list, by its address either', async () => {
    const page = await at(ben, `/c/${community.slug}/moderation`);
    await page.getByRole('heading', { level: 1, name: 'Tomatoes' }).waitFor();
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByText('Advertising').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Moderation' }).count()).toBe(0);
  });
});

describe('somebody who is banned while reading', () => {
  /** Everything that the server says to a page. */
  function hear(page: Page): string[] {
    const heard: string[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => void heard.push(String(payload))));
    page.on('response', async (response) => {
      if (!/\/(graphql|v1)\b/.test(response.url())) return;
      // The page may be closed before an answer was read.
      heard.push(await response.text().catch(() => ''));
    });
    return heard;
  }

  async function reading(path: string, before = async (_page: Page) => () => {}) {
    const who = await signUp(house.base, 'Dora');
    await who.join(community);
    const { page } = await browser.visit(house.base, { kept: signedIn(who) });
    const heard = hear(page);
    const connect = await before(page);
    await page.goto(path);
    return { who, page, heard, connect };
  }

  const ban = (who: Someone) => olga?.call('PUT', `/v1/communities/${community.id}/bans/${who.person.id}`, { reason: 'Enough' });
  /** Drawn when the connection is live. */
  const inRail = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });

  /** Written once the ban is on; then something that they may read, so that it is known that the first would have come by now. */
  async function goOnWithout(who: Someone, heard: readonly string[], channel: Channel): Promise<void> {
    await olga?.post(channel, 'Not for everybody: the secret of the compost');
    const direct = await olga?.call<Channel>('POST', '/v1/directs', { person: who.person.id });
    if (!direct) throw new Error('There is no direct channel.');
    await olga?.post(direct, 'It was not meant badly');
    await expect.poll(() => heard.some((frame) => new RegExp(`"channel":"${direct.id}"|"id":"${direct.id}"`).test(frame))).toBe(true);
  }

  test('a chat: told at once, what was read is gone, and nothing comes after', async () => {
    await rita?.post(chat, 'Something to read');
    const { who, page, heard } = await reading(chatPath());
    await page.getByRole('feed').getByText('Something to read').waitFor();
    await page.getByRole('textbox', { name: /^Write in/ }).fill('I was just');
    await ban(who);
    await page.getByRole('alert').getByRole('heading', { name: 'You have been banned from Tomatoes' }).waitFor();
    expect(await page.getByText('Something to read').count()).toBe(0);
    expect(await page.getByRole('textbox', { name: /^Write in/ }).count()).toBe(0);
    // It is gone from the side bar with the community, and that from the rail.
    await expect.poll(() => page.getByRole('link', { name: 'greenhouse' }).count()).toBe(0);
    await expect.poll(() => page.getByRole('navigation', { name: 'Tomatoes' }).count()).toBe(0);
    await page.getByRole('navigation', { name: 'Plaza' }).waitFor();
    expect(await page.getByText('No channels yet').count()).toBe(0);
    await expect.poll(() => inRail(page, 'Tomatoes').count()).toBe(0);

    await goOnWithout(who, heard, chat);
    expect(heard.filter((frame) => frame.includes('secret of the compost'))).toEqual([]);
    expect(await page.content()).not.toContain('secret of the compost');
    await page.reload();
    await page.getByRole('heading', { name: 'There is no conversation here for you' }).waitFor();
    await page.getByRole('navigation', { name: 'Plaza' }).waitFor();
    expect(heard.filter((frame) => frame.includes('secret of the compost'))).toEqual([]);
  });

  test('a discussion: told at once, no box to write in, and nothing comes after', async () => {
    const { who, page, heard } = await reading(talkPath());
    // Once the discussion is open.
    await expect.poll(() => page.getByRole('textbox', { name: 'Your comment' }).isEnabled()).toBe(true);
    await ban(who);
    await page.getByRole('alert').getByText('You can no longer read this discussion.').waitFor();
    await expect.poll(() => page.getByRole('textbox', { name: 'Your comment' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Reply' }).count()).toBe(0);

    await goOnWithout(who, heard, talk);
    expect(heard.filter((frame) => frame.includes('secret of the compost'))).toEqual([]);
    expect(await page.content()).not.toContain('secret of the compost');
    await page.reload();
    await page.getByRole('heading', { name: 'No discussion here that you may read' }).waitFor();
  });

  test('a public community: its page says so and offers no way in, after a reload too', async () => {
    const { who, page } = await reading(`/c/${community.slug}`);
    await page.getByRole('link', { name: 'Members' }).waitFor();
    await inRail(page, 'Tomatoes').waitFor();
    await ban(who);
    const told = page.getByRole('heading', { name: 'You are banned from Tomatoes' });
    await told.waitFor();
    expect(await page.getByRole('button', { name: 'Join' }).count()).toBe(0);
    await page.reload();
    await told.waitFor();
    expect(await page.getByRole('button', { name: 'Join' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Members' }).count()).toBe(0);
  });

  test('a private community: its pages close', async () => {
    const hidden = await olga?.createCommunity('Hidden', { visibility: 'private' });
    if (!hidden || !olga) throw new Error('There is no community.');
    const who = await signUp(house.base, 'Emil');
    await olga.call('PUT', `/v1/communities/${hidden.id}/invitations/${who.person.id}`);
    await who.call('POST', `/v1/invitations/${hidden.id}/accept`);
    const page = await at(who, `/c/${hidden.slug}/members`);
    await page.getByRole('main').getByText('Olga').first().waitFor();
    await inRail(page, 'Hidden').waitFor();
    await olga.call('DELETE', `/v1/communities/${hidden.id}/members/${who.person.id}?reason=Enough`);
    await page.getByRole('heading', { name: 'You can no longer see Hidden' }).waitFor();
    expect(await page.getByRole('main').getByText('Olga').count()).toBe(0);
  });

  test('after the page was answered and before it is live: a community says so, and the side bar leaves it', async () => {
    const { who, page, connect } = await reading(`/c/${community.slug}`, holdConnection);
    await page.getByRole('button', { name: 'Joined' }).waitFor();
    await page.getByRole('navigation', { name: 'Tomatoes' }).waitFor();
    await ban(who);
    connect();
    await page.getByRole('heading', { name: 'You are banned from Tomatoes' }).waitFor();
    await page.getByRole('navigation', { name: 'Plaza' }).waitFor();
  });

  test('after the page was answered and before it is live: a discussion says so, and has no box to write in', async () => {
    const { who, page, connect } = await reading(talkPath(), holdConnection);
    await page.getByRole('textbox', { name: 'Your comment' }).waitFor();
    await ban(who);
    connect();
    await page.getByRole('alert').getByText('You can no longer read this discussion.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Your comment' }).count()).toBe(0);
  });
});
