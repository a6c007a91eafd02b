/** The only reader of the environment and of flags. What can be set, and nothing else, stands in the table below. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Advice } from './kit/advice.ts';
import { didYouMean } from './kit/nearest.ts';

/** The folder of the program: where package.json lies. */
export const home = join(import.meta.dirname, '..');

const text = z.string();
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`);
const yesNo = z.stringbool({ truthy: ['yes', 'true', '1', 'on'], falsy: ['no', 'false', '0', 'off'], error: 'must be yes or no' });
const url = (protocols: RegExp, example: string) =>
  text.refine((value) => protocols.test(value) && URL.canParse(value), `must be an address like ${example}`);
const orNone = <T extends z.ZodType>(schema: T) => z.union([z.literal('').transform(() => null), schema]);
const list = text.transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
/** A choice of words. */
const oneOf = <const T extends string[]>(...words: T) => z.enum(words, `must be ${words.join(' or ')}`);

interface Setting<S extends z.ZodType> {
  schema: S;
  /** As it would be written; a function where it depends on the surroundings or on other settings. */
  fallback: string | ((others: { port: string; host: string }) => string);
  about: string;
  /** Shown as dots. */
  secret?: true;
  /** Its flag may stand without a value. */
  yesNo?: true;
  /** The name in the environment, where it is not PLAZA_ and the name. */
  env?: string;
}

function setting<S extends z.ZodType>(
  schema: S,
  fallback: Setting<S>['fallback'],
  about: string,
  more: Pick<Setting<S>, 'secret' | 'yesNo' | 'env'> = {},
): Setting<S> {
  return { schema, fallback, about, ...more };
}

const table = {
  port: setting(wholeNumber(0, 65_535), '3000', 'TCP port to serve on; 0 takes any free one.'),
  host: setting(text.min(1, 'must be a name or an address'), 'localhost', 'Name or address to listen on; 0.0.0.0 or :: for every network.'),
  publicUrl: setting(
    url(/^https?:\/\//, 'https://plaza.example.org').transform((value) => value.replace(/\/+$/, '')),
    ({ port, host }) => `http://${/^(0\.0\.0\.0|::|127\.0\.0\.1|::1)$/.test(host) ? 'localhost' : host}:${port}`,
    'The address by which people reach this server; it stands in links and mails.',
  ),
  data: setting(
    text.min(1, 'must be a folder').transform((path) => resolve(path)),
    join(home, '.plaza'),
    'The folder for everything that is kept here.',
  ),
  page: setting(yesNo, 'yes', 'Whether to serve the web page, and to build it when it is missing or older than its sources.', {
    yesNo: true,
  }),
  databaseUrl: setting(
    orNone(url(/^postgres(ql)?:\/\//, 'postgres://user:password@host/name')),
    '',
    'A PostgreSQL (15 or newer, wal_level=logical) to use; without it Plaza runs its own inside the data folder.',
    { env: 'DATABASE_URL', secret: true },
  ),
  databaseConnections: setting(
    wholeNumber(2, 150),
    '10',
    'Connections of one process to PostgreSQL at most, the feed, the lanes and the one for reads apart.',
  ),
  lanes: setting(wholeNumber(1, 16), '2', 'How many commit groups of one process write at the same time.'),
  slotKeep: setting(
    text.regex(/^(-1|\d+(kB|MB|GB|TB))$/, 'must be a size like 4GB, or -1 for no limit'),
    '4GB',
    'How much write-ahead log a lagging reader may hold back (max_slot_wal_keep_size) in our own PostgreSQL.',
  ),
  secret: setting(
    orNone(text.min(32, 'must have at least 32 characters')),
    '',
    'Seals the signing keys. Made at first start in the data folder; processes that share a database need the same one.',
    { secret: true },
  ),
  accessTokenMinutes: setting(wholeNumber(1, 1440), '15', 'How long an access token is good for.'),
  refreshDays: setting(wholeNumber(1, 3650), '30', 'How long a device stays signed in without being used.'),
  signUp: setting(oneOf('open', 'closed'), 'open', 'Whether anybody may sign up.'),
  communitiesBy: setting(oneOf('members', 'admins'), 'members', 'Who may make communities.'),
  smtpUrl: setting(
    orNone(url(/^smtps?:\/\//, 'smtps://user:password@mail.example.org')),
    '',
    'Where mail is handed over; without it mail lies in the data folder under mail/.',
    { secret: true },
  ),
  mailFrom: setting(text.regex(/@/, 'must hold a mail address'), 'Plaza <plaza@localhost>', 'The sender of mails.'),
  anonymousRate: setting(wholeNumber(1, 1_000_000), '10', 'Requests a second that one address may make over time without signing in.'),
  anonymousBurst: setting(wholeNumber(1, 1_000_000), '20', 'The same at once.'),
  personRate: setting(wholeNumber(1, 1_000_000), '100', 'Requests a second that one signed-in person may make over time.'),
  personBurst: setting(wholeNumber(1, 1_000_000), '400', 'The same at once.'),
  applicationRate: setting(wholeNumber(1, 1_000_000), '1000', "Requests a second that one application's token may make over time."),
  applicationBurst: setting(wholeNumber(1, 1_000_000), '4000', 'The same at once.'),
  trustProxy: setting(
    z.union([
      yesNo,
      list.refine((parts) => parts.every((part) => /^[\da-f.:]+(\/\d+)?$/i.test(part)), 'must be yes, no or the addresses of proxies'),
    ]),
    'no',
    'Whether to believe X-Forwarded-For: yes, no, or the addresses and networks of the proxies, with commas.',
    { yesNo: true },
  ),
  allowedOrigins: setting(
    list.refine(
      (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
      'must be origins like https://example.org, with commas',
    ),
    '',
    'Other web origins whose pages may open sockets and call the API, with commas.',
  ),
  logLevel: setting(oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), 'info', 'How much is logged.'),
  logFormat: setting(oneOf('pretty', 'json'), () => (process.stdout.isTTY ? 'pretty' : 'json'), 'Log lines for people or for machines.'),
} as const;

export type Settings = { readonly [K in keyof typeof table]: z.output<(typeof table)[K]['schema']> };

export interface SettingLine {
  name: string;
  env: string;
  flag: string;
  /** As written; secrets as dots. */
  value: string;
  source: 'default' | 'environment' | 'flag';
  about: string;
}

/** A command's own flags and words, as citty describes them. */
export type OwnFlags = Record<string, { type?: string | undefined; alias?: string | string[] | undefined }>;

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const names: [string, Setting<z.ZodType>][] = Object.entries(table);
const envOf = (name: string, { env }: Setting<z.ZodType>) => env ?? `PLAZA_${kebab(name).replaceAll('-', '_').toUpperCase()}`;

/** The settings as citty takes them, so that help lists them and their values are not taken for words. */
export const settingFlags = Object.fromEntries(
  names.map(([name, { about, yesNo }]) => [kebab(name), { type: yesNo ? ('boolean' as const) : ('string' as const), description: about }]),
);

/**
 * Reads the settings: a flag before the environment before the default.
 * @param args what stood after the command's name; @param own what of it is the command's own
 * @throws Advice naming everything that is unknown or wrong
 */
export function readSettings(
  args: readonly string[] = [],
  own: OwnFlags = {},
  env: NodeJS.ProcessEnv = process.env,
): { settings: Settings; lines: SettingLine[] } {
  const problems = unknownVariables(env);
  const flags = readFlags(args, own, problems);
  const asWritten = new Map<string, { value: string; source: SettingLine['source'] }>();
  for (const [name, entry] of names) {
    const flag = flags.get(kebab(name));
    const variable = env[envOf(name, entry)];
    if (flag !== undefined) asWritten.set(name, { value: flag, source: 'flag' });
    else if (variable !== undefined && variable !== '') asWritten.set(name, { value: variable, source: 'environment' });
    else {
      const others = { port: asWritten.get('port')?.value ?? '', host: asWritten.get('host')?.value ?? '' };
      asWritten.set(name, { value: typeof entry.fallback === 'function' ? entry.fallback(others) : entry.fallback, source: 'default' });
    }
  }
  const settings: Record<string, unknown> = {};
  const lines: SettingLine[] = [];
  for (const [name, entry] of names) {
    const { value, source } = asWritten.get(name) ?? { value: '', source: 'default' as const };
    const parsed = entry.schema.safeParse(value);
    const [envName, flagName] = [envOf(name, entry), `--${kebab(name)}`];
    if (parsed.success) settings[name] = parsed.data;
    else {
      const says = parsed.error.issues.map((issue) => issue.message).find((message) => message.startsWith('must')) ?? 'is not valid';
      problems.push(
        `${source === 'flag' ? flagName : envName} ${says}${entry.secret ? '' : `, not "${value}"`}.${didYouMean(value, wordsOf(entry.schema))}`,
      );
    }
    lines.push({ name, env: envName, flag: flagName, value: entry.secret && value !== '' ? '••••••' : value, source, about: entry.about });
  }
  if (problems.length > 0) throw new Advice(`${problems.join('\n')}\n"bin/plaza settings" lists all there are.`);
  return { settings: settings as Settings, lines };
}

function wordsOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodEnum ? schema.options.map(String) : [];
}

/** The tests' own variables are left alone. */
function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = names.map(([name, entry]) => envOf(name, entry));
  return Object.keys(env)
    .filter((name) => name.startsWith('PLAZA_') && !name.startsWith('PLAZA_TEST_') && !known.includes(name))
    .map((name) => `There is no setting ${name}.${didYouMean(name, known)}`);
}

/** `--name value`, `--name=value`, and for what is yes or no `--name` and `--no-name`. The last one counts. */
function readFlags(args: readonly string[], own: OwnFlags, problems: string[]): Map<string, string> {
  const kinds = new Map<string, 'value' | 'yesNo'>();
  for (const [name, { yesNo }] of names) kinds.set(kebab(name), yesNo ? 'yesNo' : 'value');
  const words = Object.values(own).some(({ type }) => type === 'positional');
  for (const [name, { type, alias = [] }] of Object.entries(own)) {
    if (type === 'positional') continue;
    for (const each of [kebab(name), name, ...[alias].flat()])
      kinds.set(each, type === 'boolean' || type === undefined ? 'yesNo' : 'value');
  }
  const found = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') break;
    if (!arg.startsWith('-') || arg === '-') {
      if (!words) problems.push(`"${arg}" is one word too many here; a flag is written --name value.`);
      continue;
    }
    const [given = '', inline] = cut(arg.replace(/^--?/, ''), '=');
    const negated = given.startsWith('no-') && kinds.get(given.slice(3)) === 'yesNo';
    const name = negated ? given.slice(3) : given;
    const kind = kinds.get(name);
    if (!kind) {
      const flags = [...kinds.keys()].filter((flag) => flag.length > 1).map((flag) => `--${flag}`);
      problems.push(`There is no flag ${arg.split('=')[0]}.${didYouMean(`--${given}`, flags)}`);
      if (inline === undefined && args[i + 1]?.startsWith('-') === false) i++;
    } else if (negated) found.set(name, 'no');
    else if (inline !== undefined) found.set(name, inline);
    // What follows a yes or no is its value, where nothing else can stand there.
    else if (kind === 'yesNo') found.set(name, words || args[i + 1]?.startsWith('-') !== false ? 'yes' : (args[++i] ?? 'yes'));
    else if (args[i + 1] === undefined || /^--\w/.test(args[i + 1] ?? '')) problems.push(`--${name} needs a value: --${name} VALUE.`);
    else found.set(name, args[++i] ?? '');
  }
  return found;
}

function cut(text: string, at: string): [string, string | undefined] {
  const place = text.indexOf(at);
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + 1)];
}
