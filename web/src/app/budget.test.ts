/** What must come over the network before the first useful screen stays small. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, test, vi } from 'vitest';

/** Bytes of script, packed by gzip. */
const budget = 120_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

test('home, for guests and members, and the door need no more than 120 kB of script', { timeout: 120_000 }, async () => {
  // As it is shipped, not as it is tested.
  vi.stubEnv('NODE_ENV', 'production');
  const { output } = (await build({
    root,
    configFile: `${root}vite.config.ts`,
    logLevel: 'error',
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  const chunks = new Map(output.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));

  function needed(file: string, found = new Set<string>()): Set<string> {
    if (found.has(file)) return found;
    found.add(file);
    for (const other of chunks.get(file)?.imports ?? []) needed(other, found);
    return found;
  }

  const find = (part: string) => [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId?.endsWith(part) === true)?.fileName ?? '';
  for (const page of ['home/HomePage.vue', 'account/SignInPage.vue', 'account/SignUpPage.vue']) {
    const files = needed(find(page), needed(find('index.html')));
    expect(files.size, page).toBeGreaterThan(2);
    const bytes = [...files].reduce((sum, file) => sum + gzipSync(chunks.get(file)?.code ?? '', { level: 9 }).length, 0);
    expect(bytes, page).toBeLessThanOrEqual(budget);
  }
});
