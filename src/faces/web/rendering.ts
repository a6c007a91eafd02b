import type { Id } from '../../../contracts/nouns.ts';
import type { People } from './guestView.ts';
import { type Markup, markup } from './markup.ts';
import type { Words } from './words.ts';

/** What all rendered pages need. */
export interface Rendering {
  /** The name of the whole place. */
  place: string;
  /** The address by which people come, without a slash at its end. */
  publicUrl: string;
  /** The beginning of a body as plain text on one line. */
  excerpt(body: string): string;
  words: Words;
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
export function frame({ place, words: { t } }: Rendering, up: Markup | null, content: Markup): Markup {
  return markup`<div class="rendered">
<header><a href="/"><img src="/icon.svg" alt="" width="28" height="28"><span dir="auto">${place}</span></a><a href="/communities">${t('communities')}</a><a href="/sign-in">${t('signIn')}</a></header>
${up !== null && markup`<nav>${up}</nav>`}
<main>
${content}
</main>
</div>`;
}

export function nameOf(people: People, id: Id | null, { t }: Words): string {
  return (id !== null && people.get(id)?.name) || t('somebody');
}

export function time(iso: string, { day }: Words): Markup {
  return markup`<time datetime="${iso}">${day(iso)}</time>`;
}
