import { expect, test } from 'vitest';
import { excerpt, markdownToHtml } from './markdown.ts';

test('a table is one, and the text stays no larger than a few times itself', () => {
  expect(markdownToHtml('a|b\n-|-\n1|2')).toContain('<td>2</td>');
  const wide = `${'a|'.repeat(100)}\n${'-|'.repeat(100)}\n${'|\n'.repeat(4000)}`;
  for (const body of [wide, wide.replace(/^/gm, '> '), '|'.repeat(10_000)]) {
    expect(markdownToHtml(body).length).toBeLessThan(body.length * 12);
  }
});

test('no HTML of its own, no script in addresses', () => {
  const html = markdownToHtml('<script>a</script> [b](javascript:c) ![g](http://h/i.png)');
  expect(html).not.toMatch(/<script|href="javascript|src="http:/);
});

test('a call keeps its class, and only links that lead elsewhere are told to be', () => {
  expect(markdownToHtml('@ana @everyone')).toBe(
    '<p><a class="mention" href="/p/ana">@ana</a> <span class="mention">@everyone</span></p>\n',
  );
  expect(markdownToHtml('[a](/go/5/3)')).not.toContain('nofollow');
  for (const elsewhere of ['https://example.org', '//example.org/p/ana', '/p//example.org/?x', '/elsewhere']) {
    expect(markdownToHtml(`[a](${elsewhere})`)).toContain('rel="nofollow noopener ugc"');
  }
});

test('an excerpt is of its body and its length, the second time too', () => {
  for (let i = 0; i < 2; i++) {
    expect(excerpt('**one** two three', 200)).toBe('one two three');
    expect(excerpt('**one** two three', 9)).toBe('one two…');
    expect(excerpt('', 200)).toBe('');
  }
});
