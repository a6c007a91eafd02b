import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export interface LogOptions {
  level: string;
  /** `pretty` for people, `json` for machines: one object a line. */
  format: 'pretty' | 'json';
  /** Where lines go; standard output unless told. */
  to?: { write(line: string): unknown };
}

/** Never written, whoever logs an object that carries them. */
const secrets = ['password', 'token', 'refresh', 'access', 'authorization', 'cookie', 'secret'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

export function createLogger({ level, format, to }: LogOptions): Logger {
  const options = {
    level,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secrets, censor: '•••' },
  };
  if (format === 'json') return to ? pino(options, to) : pino(options);
  const out = to ?? process.stdout;
  return pino(options, {
    write: (line: string) => out.write(pretty(line, out === process.stdout && process.stdout.hasColors?.() === true)),
  });
}

const colours: Record<string, number> = { trace: 90, debug: 90, warn: 33, error: 31, fatal: 31 };

/** One line for people: time, what is not merely informative by its level, the sentence, the rest as `key=value`. */
function pretty(line: string, colour: boolean): string {
  const { level, time, msg = '', err, pid: _pid, hostname: _host, ...rest }: Record<string, unknown> = JSON.parse(line);
  const paint = (code: number | undefined, text: string) => (colour && code ? `\u001b[${code}m${text}\u001b[0m` : text);
  const parts = [paint(90, String(time).slice(11, 19)), level === 'info' ? '' : paint(colours[String(level)], String(level)), String(msg)];
  for (const [key, value] of Object.entries(rest))
    parts.push(paint(90, `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`));
  const stack = typeof err === 'object' && err && 'stack' in err ? `\n${String(err.stack)}` : '';
  return `${parts.filter(Boolean).join(' ')}${stack}\n`;
}
