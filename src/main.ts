/** The program: a word on the command line → a file in commands/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArgsDef, type CommandDef, renderUsage, runCommand } from 'citty';
import { PlazaError } from '../contracts/errors.ts';
import { Advice } from './kit/advice.ts';
import { errorCode } from './kit/errorCode.ts';
import { beginYoung } from './kit/garbage.ts';
import { didYouMean } from './kit/nearest.ts';
import { home } from './settings.ts';

const folder = join(import.meta.dirname, 'commands');
const names = readdirSync(folder)
  .filter((file) => /^\w+\.ts$/.test(file))
  .map((file) => file.slice(0, -'.ts'.length));

async function load(name: string): Promise<CommandDef<ArgsDef>> {
  const { default: command }: { default: CommandDef<ArgsDef> } = await import(join(folder, `${name}.ts`));
  return command;
}

async function run([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || /^(help|-h|--help)$/.test(name)) return console.log(await help());
  if (/^(-v|--version)$/.test(name)) return console.log(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).version);
  if (!names.includes(name))
    throw new Advice(`There is no "plaza ${name}".${didYouMean(name, names)} "bin/plaza help" lists all there are.`);
  const command = await load(name);
  const parts = typeof command.subCommands === 'object' ? Object.keys(command.subCommands) : [];
  const [part = ''] = args;
  if (parts.length > 0 && !parts.includes(part) && !part.startsWith('-')) {
    throw new Advice(`"plaza ${name}" is followed by one of: ${parts.join(', ')}.${didYouMean(part, parts)}`);
  }
  if (args.some((arg) => arg === '--help' || arg === '-h')) return console.log(await renderUsage(command, { meta: { name: 'plaza' } }));
  await runCommand(command, { rawArgs: args });
}

async function help(): Promise<string> {
  const lines = names.map(async (name) => {
    const { meta } = await load(name);
    const { description = '' } = (typeof meta === 'function' ? await meta() : await meta) ?? {};
    return `  ${name.padEnd(10)} ${description}`;
  });
  return `plaza COMMAND [--flag value …]\n\n${(await Promise.all(lines)).join('\n')}\n\n"plaza COMMAND --help" tells more, "plaza settings" lists what can be set.`;
}

/** What a person at the terminal should read of an error. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === '53100')
    return `The disk is full; make room, then start again. What was acknowledged is safe. (${error.message})`;
  return error instanceof Advice || error instanceof PlazaError || error.name === 'CLIError'
    ? error.message
    : (error.stack ?? error.message);
}

beginYoung();
try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
process.exit();
