/** What stands on the command line of the bench. */
import { parseArgs } from 'node:util';
import type { Options, Work } from './work.ts';

export interface Command {
  /** Names of works; none: all. */
  works: readonly string[];
  /** Contenders besides the first; null: all, or all that the work has. */
  against: readonly string[] | null;
  rounds: number;
  quick: boolean;
  json: string | null;
  svg: boolean;
  help: boolean;
  /** Options of works, by name; with several values, one run after the other. */
  options: ReadonlyMap<string, readonly number[]>;
}

/** @throws Error with a sentence that tells what is wrong */
export function readCommand(args: readonly string[]): Command {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, options: ownFlags });
  const command: { -readonly [K in keyof Command]: Command[K] } = {
    works: [],
    against: null,
    rounds: 0,
    quick: false,
    json: null,
    svg: false,
    help: false,
    options: new Map(),
  };
  const options = new Map<string, readonly number[]>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind === 'positional') command.works = [...command.works, token.value];
    if (token?.kind !== 'option') continue;
    const { name } = token;
    if (name === 'quick' || name === 'svg' || name === 'help') {
      command[name] = true;
      continue;
    }
    const following = tokens[i + 1];
    const value = token.value ?? (following?.kind === 'positional' ? following.value : undefined);
    if (value === undefined) throw new Error(`--${name} needs a value.`);
    if (token.value === undefined) i++;
    if (name === 'against') command.against = value === 'nobody' ? [] : value.split(',');
    else if (name === 'json') command.json = value;
    else if (name === 'rounds') command.rounds = numbers(name, value)[0] ?? 0;
    else options.set(name, numbers(name, value));
  }
  return { ...command, rounds: command.rounds || (command.quick ? 1 : 3), options };
}

const ownFlags = {
  against: { type: 'string' },
  rounds: { type: 'string' },
  json: { type: 'string' },
  quick: { type: 'boolean' },
  svg: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

function numbers(name: string, value: string): number[] {
  const all = value.split(',').map(Number);
  if (value === '' || all.some((number) => !Number.isFinite(number) || number < 0))
    throw new Error(`--${name} takes a number, or several with commas, not "${value}".`);
  return all;
}

/** The options of each run of a work: one run, or one for each of the values where an option has several. @throws Error */
export function pointsOf(work: Work, { options, quick }: Pick<Command, 'options' | 'quick'>): Options[] {
  const fallback = Object.fromEntries(Object.entries(work.options).map(([name, option]) => [name, quick ? option.quick : option.value]));
  const given = [...options].filter(([name]) => name in fallback);
  const lists = given.filter(([, values]) => values.length > 1);
  if (lists.length > 1)
    throw new Error(`Only one option can have several values, not ${lists.map(([name]) => `--${name}`).join(' and ')}.`);
  const single = { ...fallback, ...Object.fromEntries(given.map(([name, [value = 0]]) => [name, value])) };
  const [list] = lists;
  return list ? list[1].map((value) => ({ ...single, [list[0]]: value })) : [single];
}
