/** What a page must never have in it of what people wrote: whether a script ran, and everything else that could do harm. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { flat } from './vectors.ts';

/** Runs in each page first: whatever gets to run says so. */
export function trap(): void {
  const hit = () => document.documentElement.setAttribute('data-hit', 'yes');
  Object.assign(globalThis, { alert: hit, hit, confirm: hit, prompt: hit });
}

/** Runs in the page: everything in a document that nobody who writes may have put there. */
export function dangers(given: string | null): string[] {
  const root = given === null ? document : new DOMParser().parseFromString(given, 'text/html');
  const found: string[] = [];
  if (document.documentElement.hasAttribute('data-hit')) found.push('a script ran');
  const bare = (address: string) => address.replace(/[\s\p{Cc}\p{Cf}]/gu, '').toLowerCase();
  for (const element of root.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const here = `<${element.localName} ${name}="${value.slice(0, 80)}">`;
      if (/^on/i.test(name) || name === 'srcdoc' || name === 'formaction') found.push(here);
      if (!/^(href|src|xlink:href|action|data|poster|background|ping|cite)$/.test(name)) continue;
      // The window's own picture is drawn with the number of what is unread.
      const isIcon = element.localName === 'link' && element.getAttribute('rel') === 'icon';
      if (/^(javascript|vbscript|data|blob):/.test(bare(value)) && !isIcon) found.push(here);
      if (/^(src|data|poster)$/.test(name) && new URL(value, location.href).origin !== location.origin) found.push(here);
      const isLoaded =
        element.localName === 'link' && /stylesheet|preload|import|icon|manifest/.test(element.getAttribute('rel') ?? '') && !isIcon;
      if (isLoaded && new URL(value, location.href).origin !== location.origin) found.push(here);
    }
    const text = element.textContent ?? '';
    if (
      /^(iframe|object|embed|frame|frameset|base|applet|portal|math|video|audio|marquee|details|animate|foreignobject|noscript)$/.test(
        element.localName,
      )
    )
      found.push(`<${element.localName}>`);
    if (element.localName === 'style' && /evil/.test(text)) found.push('<style> of somebody');
    if (element.localName === 'meta' && /refresh/i.test(element.getAttribute('http-equiv') ?? '')) found.push('<meta refresh>');
    if (
      element.localName === 'script' &&
      element.getAttribute('type') !== 'application/ld+json' &&
      !element.getAttribute('src')?.startsWith('/')
    )
      found.push(`<script> ${text.slice(0, 80)}`);
    if (/^(hit|plaza|getElementById)$/.test(element.id) || /^(hit|getElementById|attributes)$/.test(element.getAttribute('name') ?? ''))
      found.push(`<${element.localName}> has a name of the document's`);
    if (element.closest('.prose') && (element.hasAttribute('style') || element.id !== ''))
      found.push(`<${element.localName}> in what was written has a style or an id`);
    if (element.localName === 'a' && element.closest('.prose')) {
      const link = element as HTMLAnchorElement;
      if (link.href !== '' && !/^(https?|mailto):$/.test(new URL(link.href, location.href).protocol)) found.push(`a link to ${link.href}`);
      if (link.host !== '' && link.host !== location.host && !/\bnofollow\b/.test(link.rel))
        found.push(`a link that ${link.host} gets credit for`);
    }
  }
  return found;
}

/** All that is to be read there, in lists, fields and names alike. */
const read = (page: Page, where: string): Promise<string> =>
  page.evaluate((selector) => {
    const part = document.querySelector<HTMLElement>(selector);
    const fields = [...(part?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea') ?? [])].map(({ value }) => value);
    const names = [...(part?.querySelectorAll('[aria-label]') ?? [])].map((one) => one.getAttribute('aria-label'));
    return [part?.innerText ?? '', ...fields, ...names].join('\n');
  }, where);

/** Goes through the page until all of these were to be read, and looks at each step whether anything else came of them. */
export async function findAll(page: Page, wanted: readonly string[], { where = '#main' } = {}): Promise<void> {
  const missing = new Set(wanted.map(flat));
  let found: string[] = [];
  await page.locator('#main').hover();
  await expect
    .poll(
      async () => {
        const text = flat(await read(page, where));
        for (const one of missing) if (text.includes(one)) missing.delete(one);
        found = await page.evaluate(dangers, null);
        if (missing.size > 0) await page.mouse.wheel(0, 700);
        return found.length > 0 ? [] : [...missing];
      },
      { timeout: 30_000, interval: 50 },
    )
    .toEqual([]);
  expect(found).toEqual([]);
}
