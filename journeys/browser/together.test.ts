import { expect, test } from 'vitest';
import type { Channel } from '../../contracts/nouns.ts';
import { signUp } from '../support/api.ts';
import { choose, composerOf, feedOf, messageOf, say } from '../support/chatPage.ts';
import { twoPeopleIn } from '../support/twoPeople.ts';
import { visitAs } from '../support/visitAs.ts';
import { pathOf, useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
const { house, ana, ben, community, chatPath } = await twoPeopleIn('Bread');
/** Not in the community. */
const cleo = await signUp(house.base, 'Cleo');

const lastOf = async ({ id }: Channel) => (await ana.call<{ number: number }>('GET', `/v1/channels/${id}`)).number;

test('messages of a chat become a discussion, with links both ways', async () => {
  const chat = await ana.createChat(community, 'Kitchen');
  await ana.post(chat, 'My sourdough does not rise.');
  await ben.post(chat, 'How warm is it where it stands?');
  await ana.post(chat, 'Lunch anybody?');
  await ben.post(chat, 'Below 20 degrees it takes a day.');
  const { page } = await visitAs(browser, ana, chatPath(chat));
  await choose(page, messageOf(page, 'My sourdough'), 'Make a discussion …');
  for (const words of ['How warm', 'Below 20']) {
    await messageOf(page, words).click();
    expect(await messageOf(page, words).getByRole('checkbox', { name: 'Pick this message' }).isChecked()).toBe(true);
  }
  await page.getByText('3 messages picked').waitFor();
  await page.getByRole('button', { name: 'Make a discussion …' }).click();

  const dialog = page.getByRole('dialog', { name: 'Make a discussion' });
  await dialog.getByLabel('Title').fill('Why does it not rise?');
  await dialog.getByLabel('A few words before them').fill('From the kitchen, for the archive.');
  await dialog.getByRole('button', { name: 'Make the discussion' }).click();
  await page.getByRole('button', { name: 'Open', exact: true }).click();

  await page.getByRole('heading', { level: 1, name: 'Why does it not rise?' }).waitFor();
  await page.getByText('From the kitchen, for the archive.').first().waitFor();
  const comments = page.getByRole('region', { name: 'Comments' }).getByRole('article');
  await expect.poll(() => comments.count()).toBe(3);
  const said = (await comments.allInnerTexts()).join('\n');
  for (const words of ['My sourdough does not rise.', 'How warm is it where it stands?', 'Below 20 degrees it takes a day.'])
    expect(said).toContain(words);
  expect(said).not.toContain('Lunch');
  // Who said it stays who said it.
  await page
    .getByRole('article', { name: /Comment \d by Ben/ })
    .first()
    .waitFor();

  await comments.filter({ hasText: 'How warm' }).getByRole('link', { name: /chat/ }).click();
  await messageOf(page, 'How warm').waitFor();
  await expect.poll(() => pathOf(page)).toBe(chatPath(chat, 2));
  await messageOf(page, 'Below 20').getByRole('link', { name: 'In a discussion: Why does it not rise?' }).click();
  await page.getByRole('heading', { level: 1, name: 'Why does it not rise?' }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent ?? '')).toContain('Below 20 degrees');
});

test('a direct message, begun from a profile, reaches the other where they are', async () => {
  const { page: cleos } = await visitAs(browser, cleo, '/');
  const { page } = await visitAs(browser, ana, `/p/${cleo.person.handle}`);
  await page.getByRole('heading', { level: 2, name: 'Cleo' }).waitFor();
  await page.getByRole('button', { name: 'Message', exact: true }).click();
  await composerOf(page).waitFor();
  expect(pathOf(page)).toMatch(/^\/messages\/\d+$/);
  await say(page, 'Do you have any rye left?');

  const row = cleos.getByRole('navigation', { name: 'Plaza' }).getByRole('link', { name: /Ana.*1 unread, calls you$/ });
  await row.waitFor();
  await expect.poll(() => cleos.title()).toMatch(/^\(1\)/);
  await row.click();
  await messageOf(cleos, 'Do you have any rye left?').waitFor();
  await say(cleos, 'Two bags.');
  await messageOf(page, 'Two bags.').waitFor();
  // The same again, from the same profile.
  const before = pathOf(page);
  await messageOf(page, 'Two bags.').getByRole('button', { name: 'Cleo', exact: true }).click();
  await page.getByRole('link', { name: 'Profile' }).click();
  await page.getByRole('heading', { level: 2, name: 'Cleo' }).waitFor();
  await page.getByRole('button', { name: 'Message', exact: true }).click();
  await expect.poll(() => pathOf(page)).toBe(before);
});

test('a group is made of several people, and appears with all of them', async () => {
  const { page: bens } = await visitAs(browser, ben, '/messages');
  const { page } = await visitAs(browser, ana, '/messages/new');
  const to = page.getByRole('combobox', { name: 'To' });
  for (const { person } of [ben, cleo]) {
    await to.fill(person.name);
    await page.getByRole('option', { name: new RegExp(`${person.name} ?@${person.handle}`) }).waitFor();
    await to.press('Enter');
    await page.getByRole('button', { name: `Take out ${person.name}` }).waitFor();
  }
  await page.getByLabel('Name of the group').fill('Mill trip');
  await page.getByRole('button', { name: 'Start the group' }).click();
  await page.getByRole('heading', { level: 1, name: 'Mill trip' }).waitFor();
  await say(page, 'Saturday at nine?');
  await bens
    .getByRole('main')
    .getByRole('link', { name: /Mill trip/ })
    .click();
  await messageOf(bens, 'Saturday at nine?').waitFor();
  await say(bens, 'Fine!');
  await messageOf(page, 'Fine!').waitFor();
  const { page: cleos } = await visitAs(browser, cleo, pathOf(page));
  await messageOf(cleos, 'Fine!').waitFor();
});

test('the list of messages shows what was said last, the newest first, as it is written, changed and deleted', async () => {
  const direct = await ana.call<Channel>('POST', '/v1/directs', { person: cleo.person.id });
  const group = await ana.call<Channel>('POST', '/v1/groups', { name: 'Oven watch', people: [ben.person.id, cleo.person.id] });
  await cleo.post(direct, 'Which mill?');
  await ben.post(group, 'It is **hot** now');
  const { page } = await visitAs(browser, ana, '/messages', { size: 'phone' });
  const rows = page.getByRole('main').getByRole('listitem');
  // Names are isolated from the text around them by signs that nobody sees.
  const first = (words: RegExp) => expect.poll(async () => (await rows.first().innerText()).replace(/\p{Cf}/gu, '')).toMatch(words);
  await first(/\bOven watch\s.*Ben:\sIt is hot now/s);

  await cleo.post(direct, 'The one by the river 🌊');
  await first(/\bCleo\s.*The one by the river 🌊/s);
  await ana.post(direct, 'Good.');
  await first(/\bCleo\s.*You:\sGood\./s);
  await ana.call('PATCH', `/v1/channels/${direct.id}/messages/${await lastOf(direct)}`, { body: 'Good, I come.' });
  await first(/You:\sGood, I come\./);
  await ana.call('DELETE', `/v1/channels/${direct.id}/messages/${await lastOf(direct)}`);
  await first(/You:\sDeleted message/);

  await ben.post(group, 'And cold again');
  await first(/\bOven watch\s.*Ben:\sAnd cold again/s);
  await rows.first().getByRole('link').click();
  await messageOf(page, 'And cold again').waitFor();
});

test('joining from the directory is one click; what is there can be used at once', async () => {
  const newcomer = await signUp(house.base, 'Dana');
  const { page } = await visitAs(browser, newcomer, '/communities');
  const card = page.getByRole('article').filter({ hasText: 'Bread' });
  await card.getByRole('button', { name: 'Join Bread' }).click();
  await card.getByText('Member', { exact: true }).waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Bread' }).click();
  await page.getByRole('navigation', { name: 'Bread' }).getByRole('link', { name: 'general' }).click();
  await say(page, 'Hello from the newest one.');
  await messageOf(page, 'Hello from the newest one.').waitFor();
  const { page: anas } = await visitAs(browser, ana, `/c/${community.slug}/members`);
  await anas.getByRole('main').getByText('Dana').first().waitFor();
});

test('who is invited into a private community finds the invitation, accepts it, and is in', async () => {
  const secret = await ana.createCommunity('Secret recipes', { visibility: 'private' });
  const { page: anas } = await visitAs(browser, ana, `/c/${secret.slug}`);
  const { page } = await visitAs(browser, cleo, `/c/${secret.slug}`);
  await page.getByText('No community here that you may see').waitFor();

  await anas.getByRole('button', { name: 'Invite' }).click();
  await anas.getByRole('combobox', { name: 'Whom?' }).fill('Cleo');
  await anas.getByRole('option', { name: /Cleo/ }).waitFor();
  await anas.getByRole('combobox', { name: 'Whom?' }).press('Enter');
  await anas.getByRole('button', { name: 'Invite 1 person' }).click();
  await anas.getByText('Cleo is invited').waitFor();

  await page.goto('/communities');
  const invitations = page.getByRole('region', { name: 'Invitations for you' });
  await invitations.getByText('Ana invites you').waitFor();
  await invitations.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { level: 1, name: 'Secret recipes' }).waitFor();
  await page.getByRole('navigation', { name: 'Secret recipes' }).getByRole('link', { name: 'general' }).click();
  await say(page, 'I brought the book.');
  await messageOf(page, 'I brought the book.').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Secret recipes' }).waitFor();
});

test('a bookmark is found again, leads to its message, and is taken away', async () => {
  const chat = await ana.createChat(community, 'Recipes');
  await ana.post(chat, 'Hydration: 75 percent');
  const { page } = await visitAs(browser, ben, chatPath(chat));
  await choose(page, messageOf(page, 'Hydration'), 'Bookmark');
  await messageOf(page, 'Hydration').getByText('Bookmarked').waitFor();
  const { page: phone } = await visitAs(browser, ben, '/bookmarks', { size: 'phone' });
  await phone.getByRole('link', { name: 'Hydration: 75 percent' }).click();
  await messageOf(phone, 'Hydration').waitFor();
  await expect.poll(() => pathOf(phone)).toBe(chatPath(chat, 1));

  await page.goto('/bookmarks');
  await page.getByRole('button', { name: 'Remove the bookmark' }).click();
  await page.getByText('No bookmarks yet').waitFor();
  await messageOf(phone, 'Hydration').getByText('Bookmarked').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Hydration: 75 percent' }).waitFor();
  await messageOf(phone, 'Hydration').getByText('Bookmarked').waitFor();
  // Nobody else learns of it.
  const { page: anas } = await visitAs(browser, ana, '/bookmarks');
  await anas.getByText('No bookmarks yet').waitFor();
});

test('signing out on one device leaves the other where it is', async () => {
  const chat = await ana.createChat(community, 'Devices');
  const [{ page: desk }, { page: phone }] = [
    await visitAs(browser, ben, chatPath(chat)),
    await visitAs(browser, ben, chatPath(chat), { size: 'phone' }),
  ];
  for (const page of [desk, phone]) await composerOf(page).waitFor();
  await desk.getByRole('button', { name: 'You, Ben' }).click();
  await desk.getByRole('menuitem', { name: 'Sign out' }).click();
  await desk.getByRole('link', { name: 'Sign in' }).first().waitFor();
  expect(await feedOf(desk).count()).toBe(0);
  await ana.post(chat, 'Still there?');
  await messageOf(phone, 'Still there?').waitFor();
  await composerOf(phone).fill('Yes.');
  await phone.getByRole('button', { name: 'Send', exact: true }).click();
  await messageOf(phone, 'Yes.').waitFor();
  await expect.poll(() => lastOf(chat)).toBe(2);
});
