import { LRUCache } from 'lru-cache';
import sanitizeHtml from 'sanitize-html';
import { excerpt as makeExcerpt } from '../../markup/excerpt.ts';
import { markdown } from '../../markup/markdown.ts';

export { mentions } from '../../markup/mentions.ts';

const rendered = new LRUCache<string, string>({
  maxSize: 16 * 1024 * 1024,
  sizeCalculation: (html, body) => html.length + body.length + 1,
});

const shortened = new LRUCache<string, string>({
  maxSize: 4 * 1024 * 1024,
  sizeCalculation: (short, key) => short.length + key.length + 1,
});

/** The beginning of a body as plain text, as `markup/excerpt.ts` has it; what lists show again and again is kept. */
export function excerpt(body: string, most: number): string {
  const key = `${most} ${body}`;
  const known = shortened.get(key);
  if (known !== undefined) return known;
  const short = makeExcerpt(body, most);
  shortened.set(key, short);
  return short;
}

/** Markdown as safe HTML: rendered without raw HTML, then through the sanitizer as the second line. */
export function markdownToHtml(body: string): string {
  const known = rendered.get(body);
  if (known !== undefined) return known;
  const html = sanitizeHtml(markdown(body), {
    allowedTags: [...sanitizeHtml.defaults.allowedTags.filter((tag) => tag !== 'div'), 'img', 'del', 's'],
    allowedAttributes: {
      a: ['href', 'title', 'rel'],
      img: ['src', 'alt', 'title'],
      code: ['class'],
      ol: ['start'],
      th: ['style'],
      td: ['style'],
    },
    allowedClasses: { code: ['language-*'], a: ['mention'], span: ['mention'] },
    allowedStyles: { '*': { 'text-align': [/^(left|right|center)$/] } },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['https'] },
    transformTags: {
      a: (tagName, attribs) => ({ tagName, attribs: stays(attribs['href']) ? attribs : { ...attribs, rel: 'nofollow noopener ugc' } }),
    },
  });
  rendered.set(body, html);
  return html;
}

/** A person here, or a place in a conversation: the place vouches for its own pages. */
function stays(href: string | undefined): boolean {
  return href !== undefined && /^\/(p|go)\/[\w./-]*$/.test(href);
}
