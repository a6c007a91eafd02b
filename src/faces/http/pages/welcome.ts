import type { PageParts } from './page.ts';

/** What this is, and how to begin. */
export const welcome: PageParts = {
  title: 'Plaza',
  style: `
.doors { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); padding: 0; margin: 2rem 0 0; list-style: none; }
.doors a { display: block; height: 100%; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); color: inherit; text-decoration: none; }
.doors a:hover { border-color: var(--accent); }
.doors strong { display: block; color: var(--accent); }
.doors span { color: var(--soft); font-size: .9rem; }
`,
  main: `<h1>Plaza</h1>
<p class="lead">Communities, discussions, chats, groups and direct messages. Every conversation is a log: numbered, live, and
nothing that was acknowledged is ever lost.</p>
<ul class="doors">
<li><a href="/graphql"><strong>GraphQL</strong><span>Ask and change, with an editor that completes.</span></a></li>
<li><a href="/docs"><strong>REST</strong><span>Every address of /v1, to read and to try.</span></a></li>
<li><a href="/errors"><strong>Errors</strong><span>Each code, what it means and what to do.</span></a></li>
</ul>
<h2>Begin</h2>
<p>Sign up, and keep the access token of the answer:</p>
<pre><code>curl -s <span data-origin>http://localhost:3000</span>/v1/sign-up \\
  -H 'content-type: application/json' -d '{
    "name": "Ana", "email": "ana@example.org",
    "password": "a long pass phrase"}'</code></pre>
<p>Make a community with it:</p>
<pre><code>curl -s <span data-origin>http://localhost:3000</span>/v1/communities \\
  -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' -d '{"name": "Balcony gardens"}'</code></pre>
<p>Or talk from a terminal: <code>bin/plaza chat</code></p>
<p>New here as the one who runs it? The link printed at the first start makes you the admin.</p>`,
  script: "for (const place of document.querySelectorAll('[data-origin]')) place.textContent = location.origin;",
};
