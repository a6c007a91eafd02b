import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, rest, signUp } from '../support/api.ts';
import { holdAnswers } from '../support/held.ts';
import { type House, startHouse } from '../support/house.ts';
import { pathOf, useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
const email = 'nora@example.org';
let house: House;

beforeAll(async () => {
  house = await startHouse({ env: { PLAZA_PAGE: 'yes' } });
});
afterAll(() => house?.stop());

/** The printed link, as it stands after the first start. */
function firstAdminLink(): string {
  const link = /opens, once: (\S+)/.exec(house.servers[0]?.said() ?? '')?.[1];
  if (link === undefined) throw new Error('The server printed no link for the first admin.');
  return link;
}

async function signIn(page: Page, words: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(words);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The menu that is named after me is there for the signed-in alone. */
const myMenu = (page: Page) => page.getByRole('button', { name: 'You, Nora' });

test('whoever set up a place that is empty is told how to become its admin; its guests are told in a line', async () => {
  const { page } = await browser.visit(house.base);
  const [told, line] = [
    page.getByRole('heading', { name: 'Nobody runs this place yet' }),
    page.getByRole('link', { name: 'Your server? Become the admin' }),
  ];
  await page.goto('/');
  await told.waitFor();
  await page.getByRole('link', { name: 'I have the code' }).click();
  await page.getByText('Whoever started the server finds a link in its output.').waitFor();
  await page.getByLabel('Code').waitFor();

  const community = await (await signUp(house.base, 'Early')).createCommunity('Potatoes');
  await page.goto('/');
  await page.getByRole('main').getByRole('link', { name: 'Potatoes' }).first().waitFor();
  await line.waitFor();
  expect(await told.count()).toBe(0);
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await line.click();
  await page.getByRole('heading', { name: 'Become the admin' }).waitFor();
  await page.goto(`/c/${community.slug}`);
  await page.getByRole('heading', { level: 1, name: 'Potatoes' }).waitFor();
  expect(await line.count()).toBe(0);
});

test('from the printed link to a place with a community, a discussion and a chat in it', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto(firstAdminLink());
  await page.getByRole('heading', { name: 'You are the first' }).waitFor();

  // What is wrong stands beside its field, and the field has the focus.
  await page.getByLabel('Name', { exact: true }).fill('Nora');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Become the admin' }).click();
  const password_ = page.getByLabel('Password', { exact: true });
  await expect.poll(() => password_.getAttribute('aria-invalid')).toBe('true');
  const beside = await password_.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${beside?.split(' ')[0]}"]`).innerText()).toContain('8');
  expect(await password_.evaluate((field) => field === document.activeElement)).toBe(true);
  await password_.fill(password);
  await page.getByRole('button', { name: 'Become the admin' }).click();

  await page.getByRole('heading', { name: 'What is this place called?' }).waitFor();
  await page.getByLabel('Name of the place').fill('The allotments');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Your first community' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Tomatoes');
  await page.getByLabel('What is it about?').fill('From seed to sauce.');
  await page.getByRole('button', { name: 'Make the community' }).click();

  await page.getByRole('heading', { level: 1, name: 'Tomatoes' }).waitFor();
  expect(pathOf(page)).toBe('/c/tomatoes');
  await expect.poll(() => page.title()).toContain('The allotments');

  await page.getByRole('link', { name: 'Start the first discussion' }).click();
  await page.getByLabel('Title').fill('When do they go outside?');
  await page.getByRole('textbox', { name: 'Text' }).fill('Mine are **thirty** centimetres tall.');
  await page.getByRole('button', { name: 'Start discussion' }).click();
  await page.getByRole('heading', { level: 1, name: 'When do they go outside?' }).waitFor();
  await page.getByRole('article', { name: 'Opening post by Nora' }).getByText('thirty').waitFor();

  // The chat that every community begins with.
  await page
    .getByRole('navigation', { name: 'Tomatoes' })
    .getByRole('link', { name: /general/i })
    .click();
  const words = page.getByRole('textbox', { name: /^Write in/ });
  await words.fill('Is anybody here?');
  await words.press('Enter');
  await page.getByRole('feed').getByText('Is anybody here?').waitFor();
  await page.reload();
  await page.getByRole('feed').getByText('Is anybody here?').waitFor();
  expect(await page.getByRole('feed').getByText('Is anybody here?').count()).toBe(1);
});

test('whoever names the place before the page knows what it is called keeps that name, and goes on', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto('/sign-in?to=/welcome');
  await signIn(page, password);
  const name = page.getByLabel('Name of the place');
  await expect.poll(() => name.inputValue()).toBe('The allotments');
  const { made, letGo } = await holdAnswers(page, 'Place');
  await page.reload();
  await name.fill('The gardens');
  await made();
  await page.getByRole('button', { name: 'Go on' }).click();
  await letGo();
  await page.getByRole('heading', { name: 'Your first community' }).waitFor();
  await expect.poll(() => page.title()).toContain('The gardens');
});

test('the link works once, and says so before anybody fills in a form', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto(firstAdminLink());
  await page.getByRole('heading', { name: 'This place has an admin' }).waitFor();
  expect(await page.getByRole('textbox').count()).toBe(0);
});

test('signing in: a wrong password is told in the form, and what was asked for is shown after', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto('/you/devices');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.getByLabel('E-mail').getAttribute('autocomplete')).toBe('username');
  expect(await page.getByLabel('Password', { exact: true }).getAttribute('autocomplete')).toBe('current-password');
  await signIn(page, 'not the pass phrase');
  await page
    .locator('form')
    .getByRole('alert')
    .filter({ hasText: /not right|wrong|match/i })
    .waitFor();
  expect(await page.getByLabel('E-mail').inputValue()).toBe(email);
  await signIn(page, password);
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
});

test('signing out: nothing of mine is left on the screen or in the browser', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto('/sign-in');
  await signIn(page, password);
  await myMenu(page).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
  expect(await myMenu(page).count()).toBe(0);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => !key.startsWith('plaza.look.')))).toEqual([]);
  await page.goto('/you/devices');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('another device is signed out from the list, and says why at once', async () => {
  const [here, there] = [await browser.visit(house.base), await browser.visit(house.base, { size: 'phone' })];
  await there.page.goto('/sign-in');
  await signIn(there.page, password);
  await there.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'You' }).click();
  await there.page.getByRole('heading', { level: 1, name: 'You' }).waitFor();

  await here.page.goto('/sign-in?to=/you/devices');
  await signIn(here.page, password);
  const rows = here.page.getByRole('main').getByRole('listitem').filter({ hasText: 'Last seen' });
  const mine = rows.filter({ hasText: 'This device' });
  await mine.waitFor();
  expect(await mine.count()).toBe(1);
  const known = await rows.count();
  expect(known).toBeGreaterThan(1);

  // The newest after this one is the phone.
  const tokens = await there.page.evaluate(() => JSON.parse(localStorage.getItem('plaza.tokens') ?? '{}') as { access: string });
  const { body } = await rest<{ items: { current: boolean }[] }>(house.base, tokens.access, 'GET', '/v1/devices');
  const phone = body.items.findIndex(({ current }) => current);
  await rows
    .nth(phone)
    .getByRole('button', { name: /^Sign out/ })
    .click();
  await there.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await there.page.getByText('You were signed out:').waitFor();
  await expect.poll(() => rows.count()).toBe(known - 1);
  await mine.waitFor();
});
