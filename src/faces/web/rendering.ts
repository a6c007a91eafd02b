import type { Id } from '../../../contracts/nouns.ts';
import type { People } from './guestView.ts';
import { type Markup, markup } from './markup.ts';

/** What all rendered pages need. */
export interface Rendering {
  /** The name of the whole place. */
  place: string;
  /** The address by which people come, without a slash at its end. */
  publicUrl: string;
  /** The beginning of a body as plain text on one line. */
  excerpt(body: string): string;
}

/** For those who show a link to the page: search engines, other places' previews. `data-rendered` is for the script: it tells what goes with this page. */
export function describe({
  title,
  description,
  canonical,
  type,
  rendering,
}: {
  title: string;
  description: string;
  canonical: string;
  type: 'article' | 'website';
  rendering: Rendering;
}): Markup {
  return markup`<meta data-rendered name="description" content="${description}">
<link data-rendered rel="canonical" href="${canonical}">
<meta data-rendered property="og:type" content="${type}">
<meta data-rendered property="og:site_name" content="${rendering.place}">
<meta data-rendered property="og:title" content="${title}">
<meta data-rendered property="og:description" content="${description}">
<meta data-rendered property="og:url" content="${canonical}">
<meta data-rendered property="og:image" content="${rendering.publicUrl}/icon-512.png">
<meta data-rendered name="twitter:card" content="summary">`;
}

/** The page around it as guests have it: the bar of the place, a line that leads up, and the content. */
export function frame({ place }: Rendering, up: Markup | null, content: Markup): Markup {
  return markup`<div class="rendered">
<header><a href="/"><img src="/icon.svg" alt="" width="28" height="28"><span dir="auto">${place}</span></a><a href="/communities">Communities</a><a href="/sign-in">Sign in</a></header>
${up !== null && markup`<nav>${up}</nav>`}
<main>
${content}
</main>
</div>`;
}

export function counted(count: number, thing: string): string {
  return count === 1 ? `1 ${thing}` : `${count} ${thing}s`;
}

export function nameOf(people: People, id: Id | null): string {
  return (id !== null && people.get(id)?.name) || 'Somebody';
}

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** The day, which is the same for all readers but those near midnight; the page's script tells each their own time. */
export function time(iso: string): Markup {
  return markup`<time datetime="${iso}">${days.format(new Date(iso))}</time>`;
}
