import germanData from 'emoji-picker-element-data/de/cldr/data.json';
import englishData from 'emoji-picker-element-data/en/github/data.json';
import { describe, expect, it } from 'vitest';
import { fromData, groups, searchEmoji } from './search.ts';

const english = fromData(englishData, null);
const german = fromData(englishData, germanData);
const found = (query: string, all = english) => searchEmoji(all, query, 10).map(({ emoji }) => emoji);

describe('searching emoji', () => {
  it('puts the short code that was typed first', () => {
    expect(found('smile')[0]).toBe('😄');
    expect(found('tada')).toEqual(expect.arrayContaining(['🎉']));
    expect(found('+1')[0]).toMatch(/^👍/);
    expect(found('hear')[0]).toBe('❤️');
  });

  it('finds by words of the reader, and short codes stay', () => {
    expect(found('kuchen', german)).toContain('🎂');
    expect(found('birthday', german)[0]).toBe('🎂');
    expect(german.find(({ emoji }) => emoji === '😀')?.name).toBe('grinsendes Gesicht');
  });

  it('finds nothing for nonsense, and has something in each group', () => {
    expect(found('qqqzzz')).toEqual([]);
    for (const group of groups) expect(english.some((emoji) => emoji.group === group)).toBe(true);
  });
});
