import { LRUCache } from 'lru-cache';
import markdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';

const options = { html: false, linkify: true, breaks: true };
const renderer = markdownIt(options);
const withoutTables = markdownIt(options).disable('table');
const mostCells = 5_000;
const rendered = new LRUCache<string, string>({
  maxSize: 16 * 1024 * 1024,
  sizeCalculation: (html, body) => html.length + body.length + 1,
});

/** Markdown as safe HTML: rendered without raw HTML, then through the sanitizer as the second line. */
export function markdownToHtml(body: string): string {
  const known = rendered.get(body);
  if (known !== undefined) return known;
  const html = sanitizeHtml((mayGrow(body) ? withoutTables : renderer).render(body), {
    allowedTags: [...sanitizeHtml.defaults.allowedTags.filter((tag) => tag !== 'div'), 'img', 'del', 's'],
    allowedAttributes: {
      a: ['href', 'title', 'rel'],
      img: ['src', 'alt', 'title'],
      code: ['class'],
      ol: ['start'],
      th: ['style'],
      td: ['style'],
    },
    allowedClasses: { code: ['language-*'] },
    allowedStyles: { '*': { 'text-align': [/^(left|right|center)$/] } },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['https'] },
    transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener ugc' }) },
  });
  rendered.set(body, html);
  return html;
}

/** A table fills its short rows: a wide one of empty rows becomes a hundred times its text and takes a second. */
function mayGrow(body: string): boolean {
  const rulers = (body.match(/^[ \t>|:-]+$/gm) ?? []).map((line) => line.split('|').length);
  return rulers.length > 0 && Math.max(...rulers) * body.split('\n').length > mostCells;
}
