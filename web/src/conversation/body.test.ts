import { describe, expect, it } from 'vitest';
import { beginningOf, isOnlyEmoji, isVeryLong } from './body.ts';

describe('bodies of messages', () => {
  it.each(['👍', '🎉 🎉', '👩‍👩‍👧‍👦', '🇩🇪', '❤️', '1️⃣', '👍🏽👍🏽'])('%s is only emoji', (body) => expect(isOnlyEmoji(body)).toBe(true));
  it.each(['', '👍 ok', '1', '#', '*', '😀'.repeat(7), ':)'])('%j is not', (body) => expect(isOnlyEmoji(body)).toBe(false));

  it('cuts what is very long, at a word', () => {
    expect(isVeryLong('word '.repeat(200))).toBe(false);
    const long = 'word '.repeat(1000);
    expect(isVeryLong(long)).toBe(true);
    expect(beginningOf(long)).toMatch(/word …$/);
    expect(beginningOf(long).length).toBeLessThan(1520);
  });

  it('cuts what has very many lines, and closes code', () => {
    const code = `\`\`\`ts\n${'let a;\n'.repeat(60)}\`\`\``;
    expect(isVeryLong(code)).toBe(true);
    const cut = beginningOf(code);
    expect(cut.split('\n').length).toBeLessThan(30);
    expect(cut).toMatch(/```$/);
  });

  it('never cuts through a character', () => {
    expect(beginningOf('😀'.repeat(3000)).isWellFormed()).toBe(true);
  });
});
