import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export interface PageParts {
  title: string;
  /** HTML between header and footer. */
  main: string;
  /** Style beyond that of all pages. */
  style?: string;
}

const commonStyle = `
:root { color-scheme: light dark; --ink: #1c1b19; --soft: #6a665e; --paper: #faf8f4; --card: #fff; --line: #e2ddd2; --accent: #a3461b; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece8e0; --soft: #a49e92; --paper: #171613; --card: #211f1b; --line: #38352e; --accent: #f0935f; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main, footer { max-width: 44rem; margin: 0 auto; padding: 0 1.25rem; }
main { padding-top: clamp(2rem, 8vh, 5rem); }
footer { padding-top: 2rem; padding-bottom: 2rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: clamp(1.8rem, 6vw, 2.6rem); line-height: 1.15; letter-spacing: -.02em; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 1rem; }
.lead { font-size: 1.15rem; color: var(--soft); }
a { color: var(--accent); text-underline-offset: .2em; }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; overflow-x: auto; }
`;

/** Serves a page that never changes while the program runs. */
export function servePage(app: FastifyInstance, path: string, parts: PageParts): void {
  const { html, policy } = drawPage(parts);
  app.get(path, { schema: { hide: true } }, async (_request, reply) =>
    reply.header('content-security-policy', policy).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html),
  );
}

/** Its style stands in it, and its content policy names the digest, so that nothing else can be in force there. */
export function drawPage(parts: PageParts): { html: string; policy: string } {
  const style = commonStyle + (parts.style ?? '');
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html: document(parts, style), policy };
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Cpath fill='%23a3461b' d='M1 1h6v4H4L2 7V5H1z'/%3E%3C/svg%3E";

function document({ title, main }: PageParts, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
<footer>Plaza · <a href="/">start</a> · <a href="/graphql">GraphQL</a> · <a href="/docs">REST</a> · <a href="/errors">errors</a></footer>
</body>
</html>
`;
}
