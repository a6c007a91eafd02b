import { join } from 'node:path';
import { progress } from '@clack/prompts';
import { defineCommand } from 'citty';
import type { Id } from '../../contracts/nouns.ts';
import { defaultApplication } from '../domains/policy/index.ts';
import { connect, type Pool } from '../engines/postgres/index.ts';
import { markInstallation } from '../engines/postgres/installation.ts';
import { migrate, readMigrations } from '../engines/postgres/migrate.ts';
import { joinGround } from '../ground.ts';
import { Advice } from '../kit/advice.ts';
import { createLogger } from '../kit/log.ts';
import { bringIn } from '../seed/bringIn.ts';
import { checkLogs } from '../seed/check.ts';
import { day } from '../seed/rhythm.ts';
import { planWorld } from '../seed/world.ts';
import { home, readSettings, settingFlags } from '../settings.ts';

/** Everybody's, and no secret: these people are examples. */
const password = 'everybody-is-an-example';

const own = {
  people: { type: 'string', default: '500', description: 'How many people, 1 to 1,000,000.' },
  messages: {
    type: 'string',
    default: '20000',
    description:
      'How many messages, 0 to 100,000,000. A million take about a minute; all go through the log, and every change is an event.',
  },
  seed: { type: 'string', default: '1', description: 'The same number makes the same world again.' },
  'into-existing': { type: 'boolean', description: 'Add to a place that has communities or conversations already.' },
} as const;

export default defineCommand({
  meta: {
    name: 'seed',
    description: 'Fills an empty place with a believable world of the past eight weeks; beside a running server too.',
  },
  args: { ...own, ...settingFlags },
  async run({ rawArgs, args }) {
    const { settings } = readSettings(rawArgs, own);
    const size = {
      people: count('people', args.people, 1, 1_000_000),
      messages: count('messages', args.messages, 0, 100_000_000),
      seed: count('seed', args.seed, 0, 4_294_967_295),
    };
    const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
    const ground = await joinGround(settings, logger);
    try {
      await migrate(ground.databaseUrl, readMigrations(join(home, 'migrations')), (line) => logger.info(line));
      const sql = connect(ground.databaseUrl, { max: 2, name: 'plaza-seed' });
      try {
        await markInstallation(sql);
        await seed(sql, size, args['into-existing'] === true, interrupted());
      } finally {
        await sql.end();
      }
    } finally {
      await ground.close();
    }
  },
});

/** Aborted by Ctrl-C and its like, so that our PostgreSQL is not left behind. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

async function seed(
  sql: Pool,
  size: { people: number; messages: number; seed: number },
  intoExisting: boolean,
  signal: AbortSignal,
): Promise<void> {
  const application = defaultApplication;
  if (!intoExisting && (await isLivedIn(sql, application))) {
    throw new Advice(
      'This place has communities or conversations already. --into-existing adds the seeded world to them; an empty one is had with --data.',
    );
  }
  const began = performance.now();
  const taken = new Set(
    (await sql<{ handle: string }[]>`select handle from people where application = ${application}`).map(({ handle }) => handle),
  );
  const world = planWorld({ ...size, taken });
  const shown = showProgress(size.messages);
  const made = await bringIn(world, { sql, application, password, end: Math.floor(Date.now() / day) * day, came: shown.came, signal });
  const seconds = (performance.now() - began) / 1000;
  shown.done(
    `${number(world.people.length)} people, ${number(world.communities.length)} communities, ${number(made.conversations)} conversations and ` +
      `${number(made.messages)} messages in ${seconds.toFixed(1)} s (${number(Math.round(made.messages / seconds))} messages/s)`,
  );
  if (signal.aborted) {
    process.exitCode = 130;
    return console.log('Interrupted: what is there is whole, but less than was asked for.');
  }
  await sql`analyze`;
  await report(sql);
  const some = world.communities.slice(0, 3).map(({ members }) => world.people[members[0]?.person ?? 0]);
  const names = [...new Set(some)].flatMap((person) => (person ? [`${person.handle}@example.com (${person.name})`] : []));
  console.log(`\nSign in as any of them, for example ${names.join(', ')}.\nThe password of all is: ${password}`);
}

async function isLivedIn(sql: Pool, application: Id): Promise<boolean> {
  const [row] = await sql<{ lived: boolean }[]>`
    select exists (select from communities where application = ${application}) or exists (select from channels where application = ${application}) as lived`;
  return row?.lived ?? false;
}

/** Holds what is there now against the rules of the log. */
async function report(sql: Pool): Promise<void> {
  const { channels, messages, broken } = await checkLogs(sql);
  console.log(`Checked ${number(messages)} messages in ${number(channels)} conversations:`);
  for (const [rule, times] of Object.entries(broken))
    console.log(`${times === 0 ? '✓' : '✗'} ${rule}${times === 0 ? '' : `: broken ${number(times)} times`}`);
  if (Object.values(broken).some((times) => times > 0)) process.exitCode = 1;
}

/** A bar for people, a line for each tenth where nobody watches. */
function showProgress(messages: number): { came: (messages: number) => void; done: (sentence: string) => void } {
  if (process.stdout.isTTY) {
    const bar = progress({ max: Math.max(1, messages), style: 'block' });
    bar.start('People and communities');
    let sum = 0;
    return {
      came(more) {
        sum += more;
        bar.advance(more, `${number(sum)} of ${number(messages)} messages`);
      },
      done: (sentence) => bar.stop(sentence),
    };
  }
  let sum = 0;
  return {
    came(more) {
      const before = Math.floor((sum * 10) / messages);
      sum += more;
      const tenths = Math.floor((sum * 10) / messages);
      if (messages > 0 && tenths > before) console.log(`${tenths * 10} %  ${number(sum)} of ${number(messages)} messages`);
    },
    done: (sentence) => console.log(sentence),
  };
}

const number = (value: number) => value.toLocaleString('en');

function count(name: string, value: string, least: number, most: number): number {
  const given = Number(value);
  if (!/^\d+$/.test(value) || given < least || given > most) {
    throw new Advice(`--${name} must be a whole number from ${number(least)} to ${number(most)}, not "${value}".`);
  }
  return given;
}
