// Installs what is missing and measures Plaza beside what people would use instead, on Node 24.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { home, ready } from './ready.mjs';

process.on('SIGINT', () => {});
const { status } = spawnSync(ready({ dev: true }), [join(home, 'bench/run.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
