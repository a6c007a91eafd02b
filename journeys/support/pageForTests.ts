import { readyPage } from '../../src/page.ts';

/** Builds the page once for all tests in a browser, if it is not of the sources that lie here. */
export async function setup(): Promise<void> {
  await readyPage(console.log);
}
