#!/usr/bin/env node
// Plain JavaScript for any Node from 20 up. It installs what is missing and hands over to src/main.ts on Node 24: in
// this process where that is what runs already, else in a child whose signals, output and end are passed through.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { home, ready } from './ready.mjs';

const node = ready();
const main = join(home, 'src', 'main.ts');
// What was compiled once need not be again: 0.4 s of every start but the first.
const compiled = join(home, 'node_modules', '.cache', 'plaza');

if (node === process.execPath) {
  // The first releases of Node 24 call running TypeScript an experiment; nobody here needs to hear it.
  const warn = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const kind = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if (kind !== 'ExperimentalWarning') warn.call(process, warning, ...rest);
  };
  module.enableCompileCache(compiled);
  await import(pathToFileURL(main).href);
} else {
  // The channel is there to be cut: should this process be killed, the child hears it and stops in good order.
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`${node} does not run here: ${error.message}. Install Node 24 and try again.`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}
