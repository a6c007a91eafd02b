import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { connect } from '../engines/postgres/index.ts';
import { pending, readMigrations } from '../engines/postgres/migrate.ts';
import { checkDatabase } from '../engines/postgres/preflight.ts';
import { joinGround, whoRuns } from '../ground.ts';
import { Advice } from '../kit/advice.ts';
import { checkDisk } from '../kit/disk.ts';
import { type Finding, ill, well } from '../kit/finding.ts';
import { createLogger } from '../kit/log.ts';
import { checkPort } from '../kit/port.ts';
import { home, readSettings, type Settings, settingFlags } from '../settings.ts';

export default defineCommand({
  meta: { name: 'doctor', description: 'Looks whether Plaza can run here, and says what to do where it cannot.' },
  args: settingFlags,
  async run({ rawArgs }) {
    let ok = true;
    for await (const finding of examine(rawArgs)) {
      ok &&= finding.ok;
      console.log(`${finding.ok ? '✓' : '✗'} ${finding.says}`);
    }
    if (!ok) process.exitCode = 1;
  },
});

async function* examine(args: readonly string[]): AsyncGenerator<Finding> {
  yield well(`Node ${process.versions.node} on ${process.platform} ${process.arch}`);
  let settings: Settings;
  try {
    settings = readSettings(args).settings;
    yield well('The settings are valid');
  } catch (error) {
    yield ill(said(error));
    return;
  }
  const running = whoRuns(settings);
  if (running)
    yield well(
      `Plaza runs on ${settings.data}: process ${running.pid} since ${running.since}, ${running.told['address'] ?? 'not serving yet'}`,
    );
  else yield await checkPort(settings.host, settings.port);
  const there = existsSync(settings.data);
  yield checkDisk(settings.data);
  if (!there && !settings.databaseUrl) yield well(`${settings.data} will be made at the first start`);
  else yield* examineDatabase(settings);
}

/** On our own PostgreSQL, which is started for it if need be: that is the surest test of all. */
async function* examineDatabase(settings: Settings): AsyncGenerator<Finding> {
  if (settings.databaseUrl) {
    const findings = await checkDatabase(settings.databaseUrl);
    yield* findings;
    if (!findings.every(({ ok }) => ok)) return;
    yield await examineSchema(settings.databaseUrl);
    return;
  }
  try {
    const ground = await joinGround(settings, createLogger({ level: 'silent', format: 'json' }));
    try {
      yield* await checkDatabase(ground.databaseUrl);
      yield await examineSchema(ground.databaseUrl);
    } finally {
      await ground.close();
    }
  } catch (error) {
    yield ill(said(error));
  }
}

async function examineSchema(url: string): Promise<Finding> {
  const sql = connect(url, { max: 1, name: 'plaza-doctor' });
  try {
    const missing = await pending(sql, readMigrations(join(home, 'migrations')));
    return well(missing.length === 0 ? 'The database is up to date' : `${missing.length} migrations will be done at the next start`);
  } catch (error) {
    return ill(said(error));
  } finally {
    await sql.end();
  }
}

function said(error: unknown): string {
  return error instanceof Advice ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
}
