import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const sourceOf = (name: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  readSettings(args, {}, env).lines.find((line) => line.name === name);

test('a flag goes before the environment, that before the default', () => {
  expect(readSettings([], {}, {}).settings).toMatchObject({
    port: 3000,
    publicUrl: 'http://localhost:3000',
    databaseUrl: null,
    trustProxy: false,
    allowedOrigins: [],
  });
  expect(sourceOf('port', [], {})).toMatchObject({ value: '3000', source: 'default' });
  expect(sourceOf('port', [], { PLAZA_PORT: '4000' })).toMatchObject({ value: '4000', source: 'environment' });
  expect(sourceOf('port', ['--port=5000'], { PLAZA_PORT: '4000' })).toMatchObject({ value: '5000', source: 'flag' });
  expect(sourceOf('port', [], { PLAZA_PORT: '' })).toMatchObject({ source: 'default' });
});

test('values come typed', () => {
  const { settings } = readSettings(
    ['--port', '4000', '--trust-proxy', '--data', 'somewhere', '--slot-keep', '-1'],
    {},
    { DATABASE_URL: 'postgres://a@b/c', PLAZA_ALLOWED_ORIGINS: 'https://a.example, https://b.example' },
  );
  expect(settings).toMatchObject({
    port: 4000,
    publicUrl: 'http://localhost:4000',
    trustProxy: true,
    data: join(process.cwd(), 'somewhere'),
    slotKeep: '-1',
    databaseUrl: 'postgres://a@b/c',
    allowedOrigins: ['https://a.example', 'https://b.example'],
  });
  expect(readSettings(['--no-trust-proxy'], {}, { PLAZA_TRUST_PROXY: 'yes' }).settings.trustProxy).toBe(false);
  expect(readSettings(['--trust-proxy=10.0.0.0/8'], {}, {}).settings.trustProxy).toEqual(['10.0.0.0/8']);
});

test('what is unknown is named with the nearest right one', () => {
  expect(() => readSettings(['--prot', '4000'], {}, {})).toThrow('There is no flag --prot. Did you mean --port?');
  expect(() => readSettings([], {}, { PLAZA_PROT: '4000' })).toThrow('There is no setting PLAZA_PROT. Did you mean PLAZA_PORT?');
  expect(() => readSettings(['--log-level', 'wran'], {}, {})).toThrow(
    '--log-level must be fatal or error or warn or info or debug or trace or silent, not "wran". Did you mean warn?',
  );
  expect(readSettings(['--trust-proxy', '127.0.0.1'], {}, {}).settings.trustProxy).toEqual(
    readSettings(['--trust-proxy=127.0.0.1'], {}, {}).settings.trustProxy,
  );
  expect(() => readSettings(['4000'], {}, {})).toThrow('"4000" is one word too many here');
});

test('what is wrong is refused, all of it at once', () => {
  const refused = (args: string[], env: NodeJS.ProcessEnv = {}) => expect(() => readSettings(args, {}, env));
  refused(['--port', '70000'], { PLAZA_PUBLIC_URL: 'plaza' }).toThrow(
    /--port must be a whole number from 0 to 65535, not "70000"\.\nPLAZA_PUBLIC_URL must be an address/,
  );
  refused(['--port']).toThrow('--port needs a value');
  refused(['--port', '--host', 'x']).toThrow('--port needs a value');
  refused(['--allowed-origins', 'https://a.example/path']).toThrow('must be origins');
  refused([], { DATABASE_URL: 'mysql://root:hunter2@x/y' }).toThrow(/^(?!.*hunter2)DATABASE_URL must be an address like postgres:/);
});

test('secrets are not shown', () => {
  const { lines } = readSettings([], {}, { DATABASE_URL: 'postgres://a:hunter2@b/c', PLAZA_SECRET: 'hunter2'.repeat(5) });
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test("a command's own flags and words pass", () => {
  const own = { people: { type: 'string' }, bulk: { type: 'boolean' }, where: { type: 'positional' } };
  expect(readSettings(['here', '--people', '5', '--bulk', '--port', '1'], own, {}).settings.port).toBe(1);
  expect(() => readSettings(['--poeple', '5'], own, {})).toThrow('Did you mean --people?');
});
