import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { guestPaths } from '../screenshots/world.ts';
import { useBrowser } from '../support/visitors.ts';
import { settle, settleAt, useWorld, visitWorld } from '../support/worldForTests.ts';

const browser = useBrowser();
const world = useWorld();
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What is wrong with what is on the screen, light and dark: one line for each element, with what should be done. */
async function violations(page: Page, where: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await new AxeBuilder({ page }).withTags(rules).setLegacyMode(true).analyze();
  // Nothing but colours is another in the dark.
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await new AxeBuilder({ page }).withRules('color-contrast').setLegacyMode(true).analyze();
  return Object.entries({ light, dark }).flatMap(([scheme, result]) =>
    result.violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(
        ({ target, html, failureSummary }) =>
          `${where}, ${scheme}: ${id} (${impact}) ${target.join(' ')}\n  ${html.slice(0, 200)}\n  ${failureSummary?.split('\n').slice(1, 3).join(' ').trim()}`,
      ),
    ),
  );
}

/** What lies over a page: where, how it is opened, and where it is not. */
const overlays: { name: string; at: string; open(page: Page): Promise<void>; only?: 'desk' | 'phone' }[] = [
  {
    name: 'the quick switcher',
    at: 'home',
    async open(page) {
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'the keys',
    at: 'home',
    async open(page) {
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    },
  },
  {
    name: 'my menu',
    at: 'home',
    only: 'desk',
    async open(page) {
      await page.getByRole('button', { name: /^You, / }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'channels of a community',
    at: 'community',
    only: 'phone',
    async open(page) {
      await page.getByRole('button', { name: 'Channels' }).click();
      await page.getByRole('dialog', { name: 'Channels' }).waitFor();
    },
  },
  {
    name: "a member's menu",
    at: 'members',
    async open(page) {
      await page
        .getByRole('button', { name: /^Actions for/ })
        .last()
        .click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'a question with a reason',
    at: 'members',
    async open(page) {
      await page
        .getByRole('button', { name: /^Actions for/ })
        .last()
        .click();
      await page.getByRole('menuitem', { name: 'Ban' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'a person card',
    at: 'discussion',
    async open(page) {
      await page
        .getByRole('article', { name: /^Opening post by/ })
        .getByRole('button')
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'a new channel',
    at: 'settings',
    async open(page) {
      await page.getByRole('button', { name: 'New channel' }).last().click();
      await page.getByRole('dialog', { name: 'New channel' }).waitFor();
    },
  },
  {
    name: "a comment's menu",
    at: 'discussion',
    async open(page) {
      await page
        .getByRole('article', { name: /^Comment/ })
        .first()
        .getByRole('button', { name: 'More' })
        .click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'a reply being written',
    at: 'discussion',
    async open(page) {
      await page
        .getByRole('article', { name: /^Comment/ })
        .first()
        .getByRole('button', { name: 'Reply' })
        .click();
      await page.getByRole('textbox', { name: /^Reply to/ }).fill('Some *words* with @');
    },
  },
  {
    name: "a message's menu",
    at: 'chat',
    async open(page) {
      const message = page.getByRole('feed').getByRole('article').last();
      await message.focus();
      await message.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'the emoji',
    at: 'chat',
    async open(page) {
      const message = page.getByRole('feed').getByRole('article').last();
      await message.focus();
      await message.getByRole('button', { name: 'Add a reaction' }).click();
      await page.getByRole('dialog', { name: 'Add a reaction' }).waitFor();
    },
  },
  {
    name: 'the panel of a chat',
    at: 'chat',
    async open(page) {
      await page.getByRole('button', { name: 'Details' }).last().click();
      await page.getByRole('heading', { name: 'Members' }).waitFor();
    },
  },
  {
    name: 'a completion and a preview',
    at: 'chat',
    async open(page) {
      const field = page.getByRole('textbox', { name: /^Write/ });
      await field.focus();
      await field.pressSequentially('**Hello** @a');
      await page.getByRole('listbox').waitFor();
    },
  },
  {
    name: 'messages being picked',
    at: 'chat',
    async open(page) {
      const message = page.getByRole('feed').getByRole('article').last();
      await message.focus();
      await message.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Make a discussion' }).click();
      await page.getByText('1 message picked').waitFor();
    },
  },
  {
    name: 'a notice',
    at: 'you',
    async open(page) {
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
    },
  },
  {
    name: 'a form with something wrong',
    at: 'you',
    async open(page) {
      await page.getByLabel('Handle').fill('not a handle!');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.locator('[aria-invalid=true]').waitFor();
    },
  },
];

describe.each(['desk', 'phone'] as const)('%s', { timeout: 600_000 }, (size) => {
  const options = { size, reducedMotion: 'reduce' } as const;

  test('every page, to a guest', async () => {
    const page = await visitWorld(browser, world(), 'guest', options);
    const { communities = '', community = '', about = '', discussion = '', nowhere = '' } = world().paths;
    const found: string[] = [];
    for (const [name, path] of Object.entries({ ...guestPaths, communities, community, about, discussion, nowhere })) {
      await settleAt(page, path);
      found.push(...(await violations(page, name)));
    }
    expect(found).toEqual([]);
  });

  test('every page, to who is signed in', async () => {
    const page = await visitWorld(browser, world(), 'member', options);
    const found: string[] = [];
    for (const [name, path] of Object.entries(world().paths)) {
      await settleAt(page, path);
      found.push(...(await violations(page, name)));
    }
    expect(found).toEqual([]);
  });

  test('what opens over a page', async () => {
    const page = await visitWorld(browser, world(), 'member', options);
    const found: string[] = [];
    for (const { name, at, open, only = size } of overlays) {
      if (only !== size) continue;
      await settleAt(page, world().paths[at] ?? '');
      await open(page).catch((error: unknown) => found.push(`${name} does not open: ${error}`));
      await settle(page);
      found.push(...(await violations(page, name)));
    }
    expect(found).toEqual([]);
  });
});

test('it would be noticed', async () => {
  const page = await visitWorld(browser, world(), 'guest', {});
  await settleAt(page, '/sign-in');
  await page.getByLabel('E-mail').evaluate((field) => {
    field.id = 'elsewhere';
  });
  await page.getByRole('heading', { level: 1 }).evaluate((title) => {
    title.style.color = 'light-dark(black, #333)';
  });
  const found = (await violations(page, 'sign-in')).join('\n');
  expect(found).toContain('light: label');
  expect(found).toContain('dark: color-contrast');
  expect(found).not.toContain('light: color-contrast');
});
