import { drawPage } from '../http/pages/page.ts';
import type { Document } from './document.ts';

const { html, policy } = drawPage({
  title: 'Plaza',
  style: `
.doors { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); padding: 0; margin: 2rem 0 0; list-style: none; }
.doors a { display: block; height: 100%; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); color: inherit; text-decoration: none; }
.doors a:hover { border-color: var(--accent); }
.doors strong { display: block; color: var(--accent); }
.doors span { color: var(--soft); font-size: .9rem; }
`,
  main: `<h1>Plaza</h1>
<p class="lead">This server runs without the web page.</p>
<p>It was started with <code>--no-page</code> or <code>PLAZA_PAGE=no</code>. Start it without that, and it builds and
serves the page; <code>npm run build</code> builds it beforehand. Programs find everything here:</p>
<ul class="doors">
<li><a href="/graphql"><strong>GraphQL</strong><span>Ask and change, with an editor that completes.</span></a></li>
<li><a href="/docs"><strong>REST</strong><span>Every address of /v1, to read and to try.</span></a></li>
<li><a href="/errors"><strong>Errors</strong><span>Each code, what it means and what to do.</span></a></li>
</ul>`,
});

/** What stands in for the page where this server has none. */
export const notBuilt: Document = { policy, takesContent: false, fill: () => html };
