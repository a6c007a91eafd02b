import { type Someone, signIn } from './api.ts';
import { signedIn } from './signedIn.ts';
import type { TestBrowser, Visitor, VisitorOptions } from './visitors.ts';

/** Opens the page as that person sees it, on a device of its own. @param base where the page is, unless it is where they signed up */
export async function visitAs(
  browser: TestBrowser,
  person: Someone,
  path: string,
  { base = person.base, ...options }: Omit<VisitorOptions, 'kept'> & { base?: string } = {},
): Promise<Visitor> {
  const { tokens } = await signIn(person.base, person.email);
  const visitor = await browser.visit(base, { ...options, kept: signedIn({ token: tokens.access, refresh: tokens.refresh }) });
  await visitor.page.goto(path);
  return visitor;
}
