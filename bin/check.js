// Types, of the page too, lint and format, arrows, unused code: all at once, each named, any of them fails the build.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { home, ready } from './ready.mjs';

const checks = {
  types: ['typescript/bin/tsc', '-p', '.'],
  'types of the page': ['vue-tsc/bin/vue-tsc.js', '-p', 'web', '--noEmit'],
  'schema of the page': ['../bin/checkSchemaTypes.js'],
  'lint and format': ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=50', '.'],
  arrows: [
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    'src',
    'contracts',
    'markup',
    'client',
    'journeys',
    'web',
  ],
  'unused code': ['knip/bin/knip.js', '--no-progress', '--no-config-hints'],
};

/** Runs them all with this Node and says what each found; answers how many passed and failed. */
export async function check(node) {
  const results = await Promise.all(Object.entries(checks).map(([name, command]) => run(node, name, command)));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

function run(node, name, [script, ...args]) {
  const started = performance.now();
  const tool = spawn(node, [join(home, 'node_modules', script), ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH}` },
  });
  let said = '';
  for (const stream of [tool.stdout, tool.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  return new Promise((resolve) => {
    tool.on('close', (code) => {
      const took = ((performance.now() - started) / 1000).toFixed(1);
      console.log(code === 0 ? `✓ ${name} (${took} s)` : `✗ ${name} (${took} s)\n${said}`);
      resolve(code === 0);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed } = await check(ready({ dev: true }));
  process.exitCode = failed ? 1 : 0;
}
