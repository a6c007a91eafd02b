import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { PlazaError } from '../../contracts/errors.ts';
import { signIn, signUp } from '../rest.ts';
import type { Tokens } from '../tokens.ts';
import type { Screen } from './screen.ts';

/** Where this computer keeps who is signed in where: one file for each server and name, readable by its owner only. */
const folder = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'plaza');

export interface Session {
  /** As any terminal of the same session kept them last; null once signed out. */
  kept(): Tokens | null;
  keep(tokens: Tokens): void;
  forget(): void;
}

/**
 * The kept session of this server, or a new one by asking: e-mail and password, and a name for who is new.
 * @param as keeps several people apart on one computer
 * @throws PlazaError unavailable; unauthenticated where nobody can be asked
 */
export async function openSession(url: string, as: string, screen: Screen): Promise<{ tokens: Tokens; session: Session }> {
  const file = join(folder, `${new URL(url).host.replaceAll(':', '-')}${as === '' ? '' : `.${as}`}.json`);
  const session: Session = {
    kept: () => read(file),
    keep(tokens) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Another terminal may be reading.
      writeFileSync(`${file}.${process.pid}`, JSON.stringify(tokens), { mode: 0o600 });
      renameSync(`${file}.${process.pid}`, file);
    },
    forget: () => rmSync(file, { force: true }),
  };
  const kept = session.kept();
  if (kept !== null) return { tokens: kept, session };
  if (!screen.isTerminal) throw new PlazaError('unauthenticated', 'Nobody is signed in here yet: do it once in a terminal, then pipe.');
  const tokens = await enter(url, as, screen);
  session.keep(tokens);
  return { tokens, session };
}

function read(file: string): Tokens | null {
  try {
    const tokens: Tokens = JSON.parse(readFileSync(file, 'utf8'));
    return typeof tokens.access === 'string' ? tokens : null;
  } catch {
    // Not there, or not ours: signing in writes it anew.
    return null;
  }
}

async function enter(url: string, as: string, screen: Screen): Promise<Tokens> {
  screen.print(`Sign in to ${url}. Who is new here signs up with a name.`);
  for (;;) {
    const email = as.includes('@') ? as : await screen.ask('E-mail: ');
    const password = await screen.ask('Password: ', { hidden: true });
    const clientId = `terminal ${hostname()} ${as}`.trim().slice(0, 100);
    const device = { email, password, clientId, deviceName: `Terminal on ${hostname()}`.slice(0, 60) };
    try {
      return await signIn(url, device);
    } catch (error) {
      if (refused(error, screen) !== 'wrong_credentials') continue;
    }
    const name = await screen.ask('Your name, to sign up as a new person (empty: try again): ');
    if (name === '') continue;
    try {
      return await signUp(url, { ...device, name });
    } catch (error) {
      refused(error, screen);
    }
  }
}

function refused(error: unknown, screen: Screen): string {
  if (!(error instanceof PlazaError) || error.code === 'unavailable') throw error;
  screen.print(error.message);
  return error.code;
}
