/**
 * A message's HTML as the page's content policy lets it be shown. Pictures from elsewhere become links, since to load
 * one tells its host who reads what and when; cells say how they are aligned without a style of their own.
 */
export function forPage(html: string): string {
  let inLink = 0;
  return html.replace(/<a\b|<\/a>|<img\b[^>]*>|(<t[hd]) style="text-align:\s*(\w+);?"/g, (tag, cell?: string, side?: string) => {
    if (cell !== undefined) return `${cell} align="${side}"`;
    if (tag === '<a') inLink++;
    if (tag === '</a>') inLink--;
    return tag.startsWith('<img') ? asLink(tag, inLink > 0) : tag;
  });
}

function asLink(picture: string, inLink: boolean): string {
  const address = attribute(picture, 'src');
  const words = attribute(picture, 'alt') || address;
  return inLink || address === '' ? words : `<a href="${address}" rel="nofollow noopener ugc">${words}</a>`;
}

/** As it is written, so still escaped. */
function attribute(tag: string, name: string): string {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}
