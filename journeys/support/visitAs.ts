import { password, rest, type Someone } from './api.ts';
import { signedIn } from './signedIn.ts';
import type { TestBrowser, Visitor, VisitorOptions } from './visitors.ts';

/** Opens the page as that person sees it, on a device of its own. @param base where the page is, unless it is where they signed up */
export async function visitAs(
  browser: TestBrowser,
  person: Someone,
  path: string,
  { base = person.base, ...options }: Omit<VisitorOptions, 'kept'> & { base?: string } = {},
): Promise<Visitor> {
  const { email } = person;
  const { body, text } = await rest(person.base, null, 'POST', '/v1/sign-in', { email, password });
  if (body?.tokens === undefined) throw new Error(`${email} cannot sign in: ${text}`);
  const visitor = await browser.visit(base, { ...options, kept: signedIn({ token: body.tokens.access, refresh: body.tokens.refresh }) });
  await visitor.page.goto(path);
  return visitor;
}
