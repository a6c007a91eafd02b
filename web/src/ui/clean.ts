import DOMPurify from 'dompurify';

const allowed = {
  ALLOWED_TAGS: [
    ...['a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img', 'li', 'ol', 'p', 'pre'],
    ...['s', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
  ],
  ALLOWED_ATTR: ['href', 'src', 'alt', 'title', 'class', 'start', 'align', 'width', 'height'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/(?!\/)|#)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

const purify = DOMPurify(window);
purify.addHook('afterSanitizeAttributes', (node) => {
  const words = node.getAttribute('class')?.split(/\s+/) ?? [];
  // Classes are the page's own; of those in a text only these mean something.
  const kept = words.filter((word) => word === 'mention' || word === 'everyone' || /^language-[\w+-]+$/.test(word));
  if (kept.length > 0) node.setAttribute('class', kept.join(' '));
  else node.removeAttribute('class');
  if (node.tagName === 'IMG') {
    node.setAttribute('loading', 'lazy');
    node.setAttribute('referrerpolicy', 'no-referrer');
  }
  if (node.tagName !== 'A') return;
  const href = node.getAttribute('href') ?? '';
  if (!/^https?:/i.test(href) || href.startsWith(`${location.origin}/`)) return;
  node.setAttribute('rel', 'nofollow ugc noopener noreferrer');
  node.setAttribute('target', '_blank');
});

/** HTML without anything that could run, load or dress itself up as the page. */
export function clean(html: string): string {
  return purify.sanitize(html, allowed);
}
