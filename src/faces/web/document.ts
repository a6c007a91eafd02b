import { Advice } from '../../kit/advice.ts';
import { type Markup, markup } from './markup.ts';

/** What the server knows of a page before its script runs. */
export interface Filling {
  /** Of what the page says of its own. */
  language: string;
  /** What is shown, and the name of the place. */
  title: string;
  /** Elements for the head. */
  head: Markup;
  /** What stands where the page will be drawn. */
  body: Markup;
}

/** The page's document: as it is built, or with content in it. */
export interface Document {
  /** The content policy that goes with it. */
  policy: string;
  /** False for the one that stands in where none is built. */
  takesContent: boolean;
  fill(filling: Filling | null): string;
}

/**
 * What the page may load: what this server gives, and nothing inside of the document itself. Sockets to the own
 * origin are within `'self'`.
 */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Pictures in messages come from anywhere, and would tell that host who reads what: they are shown as links.
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Knows where title, head and content stand in the built document. @throws Advice when they do not */
export function documentOf(html: string): Document {
  const parts = /^([\s\S]*<html lang=")[^"]*("[\s\S]*<title>)[^<]*(<\/title>[\s\S]*)(<\/head>[\s\S]*<div id="app">)(<\/div>[\s\S]*)$/.exec(
    html,
  );
  if (parts === null)
    throw new Advice('The built index.html has no <html lang>, <title>, </head> or empty <div id="app">; the server fills these.');
  const [, start = '', toTitle = '', toHead = '', toBody = '', end = ''] = parts;
  return {
    policy: pagePolicy,
    takesContent: true,
    fill(filling) {
      if (filling === null) return html;
      return `${start}${filling.language}${toTitle}${markup`${filling.title}`.markup}${toHead}${filling.head.markup}${toBody}${filling.body.markup}${end}`;
    },
  };
}
