/** The one way from what people wrote to HTML on the page. */
import DOMPurify from 'dompurify';
import { markdown } from '../../../markup/markdown.ts';

const purify = DOMPurify(window);

/** What markdown can make, and no more. Styles, ids, forms, frames and everything of SVG and MathML stay out. */
const allowed = {
  ALLOWED_TAGS: [
    ...['a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img', 'li', 'ol', 'p'],
    ...['pre', 's', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'rel', 'src', 'alt', 'class', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/(?![/\\])|#)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};
const ours = /^(mention|language-[\w+#.-]+|text-left|text-center|text-right)$/;

purify.addHook('uponSanitizeAttribute', (_node, attribute) => {
  if (attribute.attrName === 'class' && !ours.test(attribute.attrValue)) attribute.keepAttr = false;
});

purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'IMG') showAsLink(node);
  if (node.tagName !== 'A') return;
  node.setAttribute('dir', 'auto');
  if (isOurs(node.getAttribute('href'))) return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'nofollow noopener noreferrer ugc');
});

/** A picture of elsewhere would tell its place who reads here, and the page's policy does not load it: a link leads there. */
function showAsLink(image: Element): void {
  const source = image.getAttribute('src') ?? '';
  if (source.startsWith('/') && !/^\/[/\\]/.test(source)) return;
  const words = image.getAttribute('alt') || source;
  if (image.closest('a') !== null || source === '') return image.replaceWith(words);
  const link = image.ownerDocument.createElement('a');
  link.setAttribute('href', source);
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'nofollow noopener noreferrer ugc');
  link.textContent = words;
  image.replaceWith(link);
}

/** An address of this very place, which the page opens itself. */
export function isOurs(href: string | null): boolean {
  if (href === null || href === '') return true;
  const url = URL.parse(href, location.href);
  return url !== null && url.origin === location.origin;
}

/** Any HTML, made harmless. */
export function safeHtml(html: string): string {
  return purify.sanitize(html, allowed);
}

const rendered = new Map<string, string>();
const mostCharacters = 2_000_000;
let characters = 0;

/** Markdown as safe HTML. What was rendered lately is kept, since scrolling asks for the same again and again. */
export function renderMarkdown(body: string): string {
  const known = rendered.get(body);
  if (known !== undefined) return known;
  const html = safeHtml(withoutStyles(markdown(body)));
  characters += html.length + body.length;
  if (characters > mostCharacters) {
    rendered.clear();
    characters = html.length + body.length;
  }
  rendered.set(body, html);
  return html;
}

/** Columns of a table are aligned by class: the page's policy takes no styles from markup. */
function withoutStyles(html: string): string {
  return html.replace(/<(t[hd]) style="text-align:(left|center|right)">/g, '<$1 class="text-$2">');
}
