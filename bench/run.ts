/**
 * How fast Plaza is beside what people would use instead: `npm run bench`, or works by name with options of theirs:
 * `npm run bench -- fanout --readers 1000 --rate 1000 --against socketio,ws`. All contenders of a work are up side by
 * side and run in turns, so that whatever else the machine does meets all of them.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bars, slopes } from './support/chart.ts';
import { type Command, pointsOf, readCommand } from './support/command.ts';
import { limitKey } from './support/delivery.ts';
import { createRecord, type Measured } from './support/record.ts';
import { ratios, table } from './support/table.ts';
import type { Figures, Options, Subject, Work } from './support/work.ts';

const pictures = join(import.meta.dirname, '../docs/performance');
const works = await findWorks();
const problems: string[] = [];
const interrupted = Promise.withResolvers<never>();
// Who waits hears of it; when nobody does there is nothing to interrupt.
interrupted.promise.catch(() => {});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.reject(new Error('Interrupted.')));

try {
  await bench(readCommand(process.argv.slice(2)));
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
}
for (const problem of problems) console.log(`✗ ${problem}`);
// A server that hangs, or a socket that was forgotten, does not keep the bench.
process.exit(problems.length > 0 ? 1 : 0);

async function bench(command: Command): Promise<void> {
  if (command.help) return console.log(help());
  const chosen = command.works.length === 0 ? works : command.works.map(workCalled);
  const known = new Set(chosen.flatMap((work) => Object.keys(work.options)));
  for (const name of command.options.keys()) {
    if (!known.has(name)) throw new Error(`There is no option --${name} of ${chosen.map((work) => work.name).join(', ')}.`);
  }
  const contenders = new Set(chosen.flatMap((work) => Object.keys(work.contenders)));
  for (const name of command.against ?? []) {
    if (!contenders.has(name)) throw new Error(`There is no contender ${name}; there are ${[...contenders].join(', ')}.`);
  }
  const measured: Measured[] = [];
  for (const work of chosen) {
    const points: Measured[] = [];
    for (const options of pointsOf(work, command)) points.push(await measure(work, options, command));
    measured.push(...points);
    if (command.svg) draw(work, points);
    if (command.json) writeFileSync(command.json, `${JSON.stringify(createRecord(process.argv.slice(2), measured), null, 2)}\n`);
  }
}

interface Up {
  name: string;
  about: string;
  subject: Subject;
  runs: Figures[];
}

/** Starts all who can, lets them run in turns, stops them. A contender that fails is named, and the others go on. */
async function measure(work: Work, options: Options, { against, rounds, quick }: Command): Promise<Measured> {
  const [first] = Object.keys(work.contenders);
  const wanted = Object.entries(work.contenders).filter(([name]) => name === first || (against?.includes(name) ?? true));
  console.log(`\n${work.name}: ${work.about}`);
  console.log(
    Object.entries(options)
      .map(([name, value]) => `--${name} ${value}`)
      .join(' '),
  );
  const skipped: Measured['skipped'][number][] = [];
  const up: Up[] = [];
  try {
    for (const [name, { about, missing, start }] of wanted) {
      const why = (await missing?.()) ?? null;
      if (why !== null) {
        skipped.push({ name, why });
        continue;
      }
      const subject = await attempt(`${work.name}, ${name} at its start`, start(options));
      if (subject) up.push({ name, about, subject, runs: [] });
    }
    for (let round = 0; round < rounds; round++) {
      for (const { name, subject, runs } of up) {
        const figures = await attempt(`${work.name}, ${name}`, subject.run());
        if (figures) runs.push(figures);
      }
    }
  } finally {
    for (const { name, subject } of up) await attempt(`${work.name}, ${name} at its end`, subject.stop());
  }
  const rows = up.filter(({ runs }) => runs.length > 0);
  for (const row of rows) judge(work, row, { isOurs: row.name === first, quick });
  for (const { name, about } of up) console.log(`  ${name}: ${about}`);
  for (const { name, why } of skipped) console.log(`  ${name} is skipped: ${why}`);
  console.log(`\n${[table(work.columns, rows), ratios(work.columns, rows)].filter(Boolean).join('\n\n')}`);
  return {
    work: work.name,
    about: work.about,
    options,
    columns: work.columns,
    contenders: rows.map(({ name, about, runs }) => ({ name, about, runs })),
    skipped,
  };
}

/** What must be 0 and is not fails the bench; of others it is a finding, unless all that is asked is whether they work at all. */
function judge(work: Work, { name, runs }: Up, { isOurs, quick }: { isOurs: boolean; quick: boolean }): void {
  for (const { key, label, mustBeZero } of work.columns) {
    const found = runs.map((run) => run[key] ?? 0).filter((value) => value !== 0);
    if (!mustBeZero || found.length === 0 || (quick && key === limitKey)) continue;
    const sentence = `${work.name}, ${name}: "${label}" must be 0 and was ${found.join(', ')}`;
    if (isOurs || (quick && key === 'lost')) problems.push(sentence);
    else console.log(`  ! ${sentence}`);
  }
}

async function attempt<T>(what: string, work: Promise<T>): Promise<T | null> {
  const began = performance.now();
  const slow = setInterval(() => console.log(`  … ${what}: ${Math.round((performance.now() - began) / 1000)} s so far`), 60_000);
  try {
    return await Promise.race([work, interrupted.promise]);
  } catch (error) {
    if (error instanceof Error && error.message === 'Interrupted.') throw error;
    problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  } finally {
    clearInterval(slow);
  }
}

function draw(work: Work, points: readonly Measured[]): void {
  mkdirSync(pictures, { recursive: true });
  const [first] = points;
  if (!first || first.contenders.length === 0) return;
  const option = Object.keys(first.options).find((name) => points.some((point) => point.options[name] !== first.options[name]));
  if (option === undefined) writeFileSync(join(pictures, `${work.name}.svg`), bars(first));
  else writeFileSync(join(pictures, `${work.name}-${option}.svg`), slopes(option, points));
}

function workCalled(name: string): Work {
  const found = works.find((work) => work.name === name);
  if (!found) throw new Error(`There is no work ${name}; there are ${works.map((work) => work.name).join(', ')}.`);
  return found;
}

/** Each file of works/ has one, by its own name. */
async function findWorks(): Promise<Work[]> {
  const files = readdirSync(join(import.meta.dirname, 'works')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return await Promise.all(
    files.toSorted().map(async (file): Promise<Work> => {
      const module: Record<string, Work> = await import(`./works/${file}`);
      const work = module[file.replace(/\.ts$/, '')];
      if (!work) throw new Error(`bench/works/${file} has no work of its name.`);
      return work;
    }),
  );
}

function help(): string {
  const lines = works.flatMap((work) => [
    '',
    `${work.name}: ${work.about}`,
    `  contenders: ${Object.keys(work.contenders).join(', ')}`,
    ...Object.entries(work.options).map(([name, { about, value }]) => `  --${name} ${value}: ${about}`),
  ]);
  const notes = [
    'The contender floor does nothing but write to sockets: what it does not reach here, no server does.',
    'While there is much to read the readers look every half millisecond only (support/sink.c): latencies are longer by up to that, never shorter.',
  ];
  return `npm run bench -- [WORK …] [--OPTION VALUE[,VALUE …]] [--against NAME,NAME | --against nobody] [--rounds 3] [--quick] [--json FILE] [--svg]\n${[...notes, ...lines].join('\n')}`;
}
