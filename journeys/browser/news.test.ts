import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { signUp } from '../support/api.ts';
import { holdAnswers } from '../support/held.ts';
import { twoPeopleIn } from '../support/twoPeople.ts';
import { visitAs } from '../support/visitAs.ts';
import { useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
const { house, ana, ben, community } = await twoPeopleIn('Bread');

const start = (title: string) => ana.call('POST', `/v1/communities/${community.id}/discussions`, { title, body: 'Tell me.' });

/** Drawn when the connection is live. */
const inRail = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });

test('a new discussion is told at home and in its community, and stands in the side bar, without asking', async () => {
  await start('Which flour?');
  const { page: home } = await visitAs(browser, ben, '/');
  await home.getByRole('link', { name: 'Which flour?' }).waitFor();
  const { page: list } = await visitAs(browser, ben, `/c/${community.slug}`);
  await list.getByRole('main').getByRole('link', { name: 'Which flour?' }).waitFor();

  for (const page of [home, list]) await inRail(page, 'Bread').waitFor();
  await start('Which oven?');
  await list.getByRole('navigation', { name: 'Bread' }).getByRole('link', { name: 'Which oven?' }).waitFor();
  for (const page of [home, list]) {
    await page.getByRole('button', { name: '1 new' }).click();
    await page.getByRole('main').getByRole('link', { name: 'Which oven?' }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: '1 new' }).count()).toBe(0);
  }
});

test('a look that began before a new discussion and ends after it takes nothing back', async () => {
  const { page } = await visitAs(browser, ben, `/c/${community.slug}`);
  await page.getByRole('main').getByRole('link', { name: 'Which flour?' }).waitFor();
  const inSide = (name: string) => page.getByRole('navigation', { name: 'Bread' }).getByRole('link', { name });
  await inSide('Which flour?').waitFor();
  await inRail(page, 'Bread').waitFor();
  const { made, letGo } = await holdAnswers(page, 'Heads', 'SideOf');
  // Away from the window, and back.
  for (const to of ['blur', 'focus']) await page.evaluate((type) => void window.dispatchEvent(new Event(type)), to);
  await made();
  await start('Which salt?');
  await inSide('Which salt?').waitFor();
  await page.getByRole('button', { name: '1 new' }).waitFor();
  await letGo();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  expect(await inSide('Which salt?').count()).toBe(1);
  expect(await page.getByRole('button', { name: '1 new' }).count()).toBe(1);
});

test('who declines an invitation is not asked again, and stays outside', async () => {
  const secret = await ana.createCommunity('Secret recipes', { visibility: 'private' });
  await ana.call('PUT', `/v1/communities/${secret.id}/invitations/${ben.person.id}`);
  const { page } = await visitAs(browser, ben, '/communities');
  const invitations = page.getByRole('region', { name: 'Invitations for you' });
  await invitations.getByText('Ana invites you').waitFor();
  await invitations.getByRole('button', { name: 'Decline' }).click();
  await invitations.waitFor({ state: 'detached' });
  const answered = page.waitForResponse((answer) => answer.request().postData()?.includes('query Invitations') === true);
  await page.reload();
  await (await answered).finished();
  await page.getByRole('link', { name: 'Bread' }).first().waitFor();
  expect(await invitations.count()).toBe(0);
  await page.goto(`/c/${secret.slug}`);
  await page.getByText('No community here that you may see').waitFor();
});

test('a refusal is told beside its field in the reader’s language', async () => {
  const { page } = await visitAs(browser, ben, '/you', { locale: 'de-DE' });
  const handle = page.getByRole('textbox', { name: 'Handle' });
  await handle.fill('admin');
  await handle.press('Enter');
  await page.getByText('Dieses Handle ist reserviert. Wähl ein anderes.').waitFor();
  expect(await handle.getAttribute('aria-invalid')).toBe('true');
});

test('a member is found by name among many', async () => {
  const club = await ana.createCommunity('Club');
  for (let i = 0; i < 11; i++) await (await signUp(house.base, `Guest ${i}`)).join(club);
  const { page } = await visitAs(browser, ana, `/c/${club.slug}/members`);
  const main = page.getByRole('main');
  await main.getByText('@guest-3', { exact: true }).waitFor();
  await page.getByRole('searchbox', { name: 'Find a member' }).fill('guest 7');
  await expect.poll(() => main.getByText(/^@guest-/).allInnerTexts()).toEqual(['@guest-7']);
  await page.getByRole('searchbox', { name: 'Find a member' }).fill('nobody');
  await page.getByText('No member has “nobody” in the name.').waitFor();
});

test('whose picture is gone is shown by initials', async () => {
  browser.expectProblem('404');
  const { page } = await visitAs(browser, ana, '/');
  await page.route('**/avatars/gone', (route) => route.fulfill({ status: 404 }));
  await page.route('**/graphql', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('"avatar":null', '"avatar":"/avatars/gone"') });
  });
  await page.goto(`/c/${community.slug}/members`);
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: '@ben' });
  await row.waitFor();
  await expect.poll(() => row.locator('img').count()).toBe(0);
  expect(await row.innerText()).toMatch(/^B/);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
