/** A server with one chat of many messages, and a browser in front of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../journeys/support/browser.ts';
import { freePort, startServer } from '../../journeys/support/server.ts';

interface SignedIn {
  tokens: { access: string; refresh: string };
  person: { id: string };
}

export interface House {
  base: string;
  /** Address of the chat. */
  path: string;
  channel: string;
  /** The page of the one who measures, with the chat open at its end. */
  page: Page;
  /** Posts as somebody else. */
  post(body: string): Promise<void>;
  stop(): Promise<void>;
}

/** Requests under way at once while the chat is filled. */
const atOnce = 64;

/** @param messages how many the chat has */
export async function startHouse(messages: number): Promise<House> {
  const data = mkdtempSync(join(tmpdir(), 'plaza-bench-web-'));
  const server = await startServer({ data, port: await freePort(), env: { PLAZA_PAGE: 'yes' } });
  let browser: Browser | null = null;
  async function stop(): Promise<void> {
    await browser?.close();
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
  const call = async <T>(method: string, path: string, token: string | null, body?: object): Promise<T> => {
    const response = await fetch(`${server.base}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const signUp = (name: string) =>
    call<SignedIn>('POST', '/v1/sign-up', null, { name, email: `${name.toLowerCase()}@example.org`, password: 'a long pass phrase' });
  try {
    const [reader, writer] = [await signUp('Reader'), await signUp('Writer')];
    const direct = await call<{ id: string }>('POST', '/v1/directs', writer.tokens.access, { person: reader.person.id });
    const post = async (body: string) => {
      await call('POST', `/v1/channels/${direct.id}/messages`, writer.tokens.access, { body });
    };
    let next = 1;
    const fill = async () => {
      while (next <= messages) await post(`Message ${next++}: the beans are up, and the snails know it already.`);
    };
    await Promise.all(Array.from({ length: atOnce }, fill));

    browser = await startBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addInitScript((tokens) => localStorage.setItem('plaza.tokens', tokens), JSON.stringify(reader.tokens));
    const page = await context.newPage();
    const path = `/messages/${direct.id}`;
    await page.goto(`${server.base}${path}`);
    await page.locator('textarea').first().waitFor();
    return { base: server.base, path, channel: direct.id, page, post, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
