import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startBrowser } from './browser.ts';

const sizes = { desk: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };

export interface VisitorOptions
  extends Pick<BrowserContextOptions, 'colorScheme' | 'locale' | 'timezoneId' | 'reducedMotion' | 'javaScriptEnabled'> {
  size?: keyof typeof sizes;
  /** What lies in `localStorage` before the first page is opened, such as the tokens of a sign-in. */
  kept?: Record<string, string>;
}

/** Somebody in front of a browser of their own: nothing is shared with the others but the server. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Another tab of the same person. */
  tab(): Promise<Page>;
}

export interface TestBrowser {
  /** A new person at this address; the page is blank until it goes somewhere. */
  visit(base: string, options?: VisitorOptions): Promise<Visitor>;
  /** Says that the test means to bring about problems with this in them; others still fail it. */
  expectProblem(words: string | RegExp): void;
}

/**
 * One Chromium for the tests of a file; call it at the top of the file. After each test all people leave, and the test
 * fails if a script of a page threw, or a page tried what its content policy forbids.
 */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  const contexts = new Set<BrowserContext>();
  const problems: string[] = [];
  const expected: (string | RegExp)[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts.clear();
    const unforeseen = problems.filter(
      (problem) => !expected.some((words) => (typeof words === 'string' ? problem.includes(words) : words.test(problem))),
    );
    problems.length = 0;
    expected.length = 0;
    expect(unforeseen, 'problems of the pages').toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });

  return {
    async visit(base, { size = 'desk', kept = {}, ...options } = {}) {
      if (browser === undefined) throw new Error('The browser is there once tests run, not before.');
      const isPhone = size === 'phone';
      const context = await browser.newContext({
        baseURL: base,
        viewport: sizes[size],
        isMobile: isPhone,
        hasTouch: isPhone,
        locale: 'en-GB',
        timezoneId: 'UTC',
        ...options,
      });
      contexts.add(context);
      context.setDefaultTimeout(15_000);
      context.on('weberror', (error) => problems.push(`An error that nobody caught: ${error.error().stack ?? error.error().message}`));
      // What fails inside of a component is caught, and told there.
      context.on('console', (line) => {
        if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) problems.push(`On the console: ${line.text()}`);
      });
      await context.exposeBinding('tellViolation', (_source, what: string) => void problems.push(`Against the content policy: ${what}`));
      await context.addInitScript(watchAndKeep, kept);
      const tab = () => context.newPage();
      return { context, tab, page: await tab() };
    },
    expectProblem: (words) => void expected.push(words),
  };
}

/** Where a page is. */
export function pathOf(page: Page): string {
  return new URL(page.url()).pathname;
}

/** Runs in each page before anything else there. */
function watchAndKeep(kept: Record<string, string>): void {
  const { tellViolation } = globalThis as unknown as { tellViolation(what: string): void };
  document.addEventListener('securitypolicyviolation', (event) => {
    tellViolation(
      `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample} on ${location.pathname}`,
    );
  });
  // Only once: what the page keeps later is its own.
  if (location.protocol.startsWith('http') && sessionStorage.getItem('kept') === null) {
    sessionStorage.setItem('kept', 'yes');
    for (const [name, value] of Object.entries(kept)) if (localStorage.getItem(name) === null) localStorage.setItem(name, value);
  }
}
