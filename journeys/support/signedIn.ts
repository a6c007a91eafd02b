import type { Someone } from './api.ts';

/** What the browser of somebody who signed in keeps: `visit(base, { kept: signedIn(ana) })`. */
export function signedIn({ token, refresh }: Pick<Someone, 'token' | 'refresh'>): Record<string, string> {
  return { 'plaza.tokens': JSON.stringify({ access: token, refresh }) };
}
