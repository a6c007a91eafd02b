import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PlazaError } from '../../contracts/errors.ts';
import type { Tokens } from '../tokens.ts';
import { call } from './http.ts';
import type { Screen } from './screen.ts';

/** Where this computer keeps who is signed in where: one file for each server and name, readable by its owner only. */
const folder = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'plaza');
const file = (url: string, as: string) => join(folder, `${new URL(url).host.replaceAll(':', '-')}${as === '' ? '' : `.${as}`}.json`);

export interface Session {
  tokens(): Tokens;
  keep(tokens: Tokens): void;
  forget(): void;
}

/**
 * The kept session of this server, or a new one by asking: e-mail and password, and a name for who is new.
 * @param as keeps several people apart on one computer
 */
export async function openSession(url: string, as: string, screen: Screen): Promise<Session> {
  let tokens = kept(url, as) ?? (await signIn(url, as, screen));
  const keep = (renewed: Tokens) => {
    tokens = renewed;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file(url, as), JSON.stringify(tokens), { mode: 0o600 });
  };
  keep(tokens);
  return { tokens: () => tokens, keep, forget: () => rmSync(file(url, as), { force: true }) };
}

function kept(url: string, as: string): Tokens | null {
  try {
    return JSON.parse(readFileSync(file(url, as), 'utf8')) as Tokens;
  } catch {
    return null;
  }
}

async function signIn(url: string, as: string, screen: Screen): Promise<Tokens> {
  screen.print(`Sign in to ${url}. Who is new here signs up with a name.`);
  for (;;) {
    const email = as.includes('@') ? as : await screen.ask('E-mail: ');
    const password = await screen.ask('Password: ', { hidden: true });
    const device = { email, password, clientId: `terminal${as === '' ? '' : `-${as}`}`.slice(0, 64), deviceName: 'Terminal' };
    try {
      return (await call<{ tokens: Tokens }>(url, 'POST', '/v1/sign-in', null, device)).tokens;
    } catch (error) {
      if (!(error instanceof PlazaError) || error.code === 'unavailable') throw error;
      screen.print(error.message);
      if (error.code !== 'wrong_credentials') continue;
    }
    const name = await screen.ask('Your name, to sign up as a new person (empty: try again): ');
    if (name === '') continue;
    try {
      return (await call<{ tokens: Tokens }>(url, 'POST', '/v1/sign-up', null, { ...device, name })).tokens;
    } catch (error) {
      if (!(error instanceof PlazaError) || error.code === 'unavailable') throw error;
      screen.print(error.message);
    }
  }
}
