// Fails when the types that the page's queries are checked by are not of the schema that the server has.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { home } from './ready.mjs';

const kept = 'web/src/wire/graphql-env.generated.d.ts';
const generate = ['generate-output', '--tsconfig', 'web/tsconfig.json'];
const folder = mkdtempSync(join(tmpdir(), 'plaza-schema-'));
try {
  const fresh = join(folder, 'types.d.ts');
  const tool = join(home, 'node_modules/gql.tada/bin/cli.js');
  const { status } = spawnSync(process.execPath, [tool, ...generate, '--output', fresh], { cwd: home, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exitCode = 1;
  else if (readFileSync(fresh, 'utf8') !== readFileSync(join(home, kept), 'utf8')) {
    console.error(`${kept} is not of src/faces/graphql/schema.graphql. Make it anew: npx gql.tada ${generate.join(' ')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
