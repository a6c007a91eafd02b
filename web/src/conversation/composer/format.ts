import { code, link, prefix, type Text, wrap } from './textEdit.ts';

export type Format = 'bold' | 'italic' | 'code' | 'link' | 'quote' | 'list';

/** What each button and key does to the text. */
export const formats: Record<Format, (text: Text) => Text> = {
  bold: (text) => wrap(text, '**'),
  italic: (text) => wrap(text, '*'),
  code,
  link,
  quote: (text) => prefix(text, '> '),
  list: (text) => prefix(text, '- '),
};

/** With Ctrl or Cmd. */
export const formatKeys: Record<string, Format> = { b: 'bold', i: 'italic', e: 'code', k: 'link' };
