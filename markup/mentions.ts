import { tokens } from './markdown.ts';
import type { Call } from './mentionRule.ts';

/** Handles beyond this many are not called. */
const mostMentions = 50;

/** Whom a body calls by `@handle`, each once, in lower case; `everyone` among them if it stands there. */
export function mentions(body: string): string[] {
  if (!body.includes('@')) return [];
  const called = tokens(body)
    .flatMap((token) => token.children ?? [])
    .flatMap(({ meta }) => (isCall(meta) ? [meta.calls] : []));
  return [...new Set(called)].slice(0, mostMentions);
}

function isCall(meta: unknown): meta is Call {
  return typeof meta === 'object' && meta !== null && 'calls' in meta;
}
