/**
 * Markdown as Plaza understands it, the same on the server and in the page. What comes out is not safe to show: the
 * server puts it through sanitize-html, the page through DOMPurify.
 */
import markdownIt, { type MarkdownIt, type Token } from 'markdown-it';
import { mentionRule } from './mentionRule.ts';

function configured(): MarkdownIt {
  const it = markdownIt({ html: false, linkify: true, breaks: true });
  it.inline.ruler.before('link', 'mention', mentionRule);
  return it;
}

const whole = configured();
const withoutTables = configured().disable('table');
const mostCells = 5_000;

/** Rendered, without any HTML of its own. */
export function markdown(body: string): string {
  const { renderer, options } = whole;
  return renderer.render(tokens(body), options, {});
}

/** What the body consists of. */
export function tokens(body: string): Token[] {
  return (mayGrow(body) ? withoutTables : whole).parse(body, {});
}

/** A table fills its short rows: a wide one of empty rows becomes a hundred times its text and takes a second. */
function mayGrow(body: string): boolean {
  const rulers = (body.match(/^[ \t>|:-]+$/gm) ?? []).map((line) => line.split('|').length);
  return rulers.length > 0 && Math.max(...rulers) * body.split('\n').length > mostCells;
}
