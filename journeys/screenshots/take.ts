/**
 * Draws every page at phone and desk width, light and dark, into docs/screenshots: `npm run screenshots`, or only some
 * by name: `npm run screenshots -- chat discussion`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { startBrowser } from '../support/browser.ts';
import { guestPaths, startWorld, type World } from './world.ts';

const folder = join(import.meta.dirname, '../../docs/screenshots');
const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } };
const looks = ['light', 'dark'] as const;
/** Longer than any shape or movement stays. */
const settledMs = 900;

async function take(browser: Browser, world: World, wanted: readonly string[]): Promise<void> {
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of looks) {
      for (const [guest, paths] of [[true, guestPaths] as const, [false, world.paths] as const]) {
        const context = await browser.newContext({
          viewport,
          colorScheme,
          isMobile: size === 'phone',
          hasTouch: size === 'phone',
          locale: 'en-GB',
        });
        if (!guest) {
          const tokens = JSON.stringify(world.session.tokens);
          await context.addInitScript((kept) => localStorage.setItem('plaza.tokens', localStorage.getItem('plaza.tokens') ?? kept), tokens);
        }
        const page = await context.newPage();
        for (const [name, path] of Object.entries(paths)) {
          if (!isWanted(name)) continue;
          await page.goto(`${world.base}${path}`);
          await page.waitForLoadState('load');
          await page.waitForTimeout(settledMs);
          const file = join(folder, `${name}-${size}-${colorScheme}.webp`);
          await sharp(await page.screenshot())
            .webp({ quality: 82 })
            .toFile(file);
          console.log(file);
        }
        const kept = guest ? null : await page.evaluate(() => localStorage.getItem('plaza.tokens'));
        if (kept !== null) world.session.tokens = JSON.parse(kept) as World['session']['tokens'];
        await context.close();
      }
    }
  }
}

const data = mkdtempSync(join(tmpdir(), 'plaza-screenshots-'));
mkdirSync(folder, { recursive: true });
const world = await startWorld(join(data, 'world'));
try {
  const browser = await startBrowser();
  try {
    await take(browser, world, process.argv.slice(2));
  } finally {
    await browser.close();
  }
} finally {
  await world.stop();
  rmSync(data, { recursive: true, force: true });
}
