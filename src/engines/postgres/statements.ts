/**
 * A script's single statements, for those that PostgreSQL takes only alone (`create index concurrently`). Semicolons in
 * quotes, in dollar quotes and in comments do not end one.
 */
export function statements(script: string): string[] {
  const found: string[] = [];
  let start = 0;
  // A quoted text, a quoted name, a dollar-quoted text, either kind of comment, or the end of a statement.
  const parts = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;
  for (const part of script.matchAll(parts)) {
    if (part[0] !== ';') continue;
    found.push(script.slice(start, part.index));
    start = part.index + 1;
  }
  found.push(script.slice(start));
  return found.map((text) => text.trim()).filter((text) => text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== '');
}
