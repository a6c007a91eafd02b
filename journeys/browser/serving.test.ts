import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channel, Community } from '../../contracts/nouns.ts';
import { type Someone, signUp } from '../support/api.ts';
import { type House, startHouse } from '../support/house.ts';
import { useBrowser } from '../support/visitors.ts';

const browser = useBrowser();
let house: House;
let ana: Someone;
let community: Community;
let channel: Channel;
let place: string;

beforeAll(async () => {
  house = await startHouse({ env: { PLAZA_PAGE: 'yes' } });
  ana = await signUp(house.base, 'Ana');
  community = await ana.createCommunity('Night trains');
  channel = await ana.startDiscussion(community, 'Which berth?');
  place = `/c/${community.slug}/d/${channel.id}`;
  await ana.post(channel, 'Top: *nobody* climbs over you.\n\n![a plan](https://elsewhere.example/plan.png)\n\n|a|\n|-:|\n|1|');
});
afterAll(() => house?.stop());

test('a public discussion reads well without the script', async () => {
  const { page } = await browser.visit(house.base, { javaScriptEnabled: false });
  await page.goto(place);
  expect(await page.title()).toBe('Which berth? · Plaza');
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Which berth?');
  expect(await page.getByRole('article').last().innerText()).toContain('Top: nobody climbs over you.');
  expect(await page.getByRole('link', { name: 'a plan' }).getAttribute('href')).toBe('https://elsewhere.example/plan.png');
  await page.getByRole('link', { name: 'Night trains' }).click();
  expect(await page.getByRole('link', { name: 'Which berth?' }).getAttribute('href')).toBe(place);
});

test('with the script the page takes its place, and keeps to its content policy', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto(place);
  await page.locator('#app > .rendered').waitFor({ state: 'detached' });
  await page.getByText('Top: nobody climbs over you.').first().waitFor();
});

test('the policy lets sockets to the own origin through, and nothing to others', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto('/');
  const opened = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/socket`, 'plaza.v1');
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      }),
  );
  expect(opened).toBe('open');
  browser.expectProblem(/content (security )?policy/i);
  const outside = await page.evaluate(async () => {
    const image = new Image();
    const shown = new Promise((resolve) => {
      image.onload = () => resolve('shown');
      image.onerror = () => resolve('refused');
    });
    image.src = 'https://elsewhere.example/x.png';
    const script = document.createElement('script');
    script.textContent = 'globalThis.ran = true';
    document.body.append(script);
    const fetched = await fetch('https://elsewhere.example/').then(
      () => 'fetched',
      () => 'refused',
    );
    return [await shown, fetched, 'ran' in globalThis];
  });
  expect(outside).toEqual(['refused', 'refused', false]);
});

test('feeds and the sitemap are XML to a browser too', async () => {
  const { page } = await browser.visit(house.base);
  await page.goto('/communities');
  for (const path of ['/sitemap.xml', `/c/${community.slug}/feed.xml`, `${place}/feed.xml`]) {
    const root = await page.evaluate(async (address) => {
      const text = await (await fetch(address)).text();
      const read = new DOMParser().parseFromString(text, 'application/xml');
      return read.querySelector('parsererror')?.textContent ?? read.documentElement.nodeName;
    }, path);
    expect([path, root]).toEqual([path, path === '/sitemap.xml' ? 'urlset' : 'rss']);
  }
});

test('the service worker keeps the page, so that it opens without a network', async () => {
  const { page, context } = await browser.visit(house.base);
  await page.goto('/');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
  });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await page.goto('/communities');
  expect(await page.title()).not.toBe('');
  await page.waitForFunction(() => document.querySelector('#app')?.childElementCount);
  await context.setOffline(false);
});
