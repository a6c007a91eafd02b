import type { AccessEvent } from '../../../contracts/events.ts';
import type { ApplicationRole, Id, Person } from '../../../contracts/nouns.ts';
import type { Page, PageRequest } from '../../kit/page.ts';
import type { Who } from '../policy/index.ts';
import { createAccessTokens, expiresAt } from './accessTokens.ts';
import { authenticate } from './authenticate.ts';
import { changePassword } from './changePassword.ts';
import type { AccountsDeps, Deps } from './deps.ts';
import { devices } from './devices.ts';
import { claimFirstAdmin, firstAdminCode } from './firstAdmin.ts';
import { forgotPassword } from './forgotPassword.ts';
import { createKeys } from './keys.ts';
import { me } from './me.ts';
import { createPasswords } from './passwords.ts';
import { refresh } from './refresh.ts';
import { resetPassword } from './resetPassword.ts';
import { sendEmailCode } from './sendEmailCode.ts';
import { setRole } from './setRole.ts';
import { signIn } from './signIn.ts';
import { signOut } from './signOut.ts';
import { signUp } from './signUp.ts';
import { createStandings } from './standings.ts';
import { createVault } from './vault.ts';
import { verifyEmail } from './verifyEmail.ts';

export { bringInAccounts } from './history.ts';

export interface Account {
  id: Id;
  email: string;
  emailVerified: boolean;
  role: ApplicationRole;
  createdAt: string;
}

export interface Tokens {
  /** Signed, 15 minutes. */
  access: string;
  accessExpiresAt: string;
  /** Opaque, 30 days, good for one use. */
  refresh: string;
}

export interface Device {
  id: Id;
  clientId: string | null;
  name: string;
  address: string;
  createdAt: string;
  seenAt: string;
  current: boolean;
}

export interface SignedIn {
  account: Account;
  person: Person;
  device: Device;
  tokens: Tokens;
}

/** What signs in: e-mail, password, devices, tokens. */
export interface Accounts {
  /** Account, person, device and tokens in one transaction; joins official communities (C6). The role is never the caller's choice. */
  signUp(
    who: Who,
    input: {
      name: string;
      email: string;
      password: string;
      handle?: string | undefined;
      clientId?: string | undefined;
      deviceName?: string | undefined;
    },
  ): Promise<SignedIn>;
  signIn(
    who: Who,
    input: { email: string; password: string; clientId?: string | undefined; deviceName?: string | undefined },
  ): Promise<SignedIn>;
  /** Rotates. A token that was used before signs its device out; repeated within seconds it is answered again. */
  refresh(who: Who, input: { refresh: string }): Promise<SignedIn>;
  /** Signs out these devices of mine; all of them with `all`; the one that asks when neither is given. */
  signOut(who: Who, input: { devices?: Id[] | undefined; all?: boolean | undefined }): Promise<{ signedOut: Id[] }>;
  devices(who: Who, page: PageRequest): Promise<Page<Device>>;
  me(who: Who): Promise<Account>;
  changePassword(who: Who, input: { current: string; next: string }): Promise<void>;
  /** Always succeeds, whether the address is known or not; the code goes by mail. */
  forgotPassword(who: Who, input: { email: string }): Promise<void>;
  /** Signs all devices out. */
  resetPassword(who: Who, input: { email: string; code: string; password: string }): Promise<void>;
  /** Another code for the account's address; the first comes with signing up. */
  sendEmailCode(who: Who): Promise<void>;
  verifyEmail(who: Who, input: { code: string }): Promise<Account>;
  /** Makes the signed-in account the first admin, with the one-time code printed at first start. */
  claimFirstAdmin(who: Who, input: { code: string }): Promise<Account>;
  /** The one-time first-admin code while there is no admin, else null. */
  firstAdminCode(): Promise<string | null>;
  setRole(who: Who, input: { account?: Id | undefined; person?: Id | undefined; role: ApplicationRole }): Promise<Account>;
  /**
   * Who speaks: a person's access token, an application's token, or nobody (null token → guest).
   * @throws unauthenticated, token_expired
   */
  authenticate(token: string | null, address: string): Promise<Who>;
  /** When this token ends, in ms since 1970; null for an application's that does not end, and for what is no token. */
  expiresAt(token: string): Promise<number | null>;
  /** The public keys. Makes the first one if there is none. @throws Advice when the secret does not open it; call it at start */
  jwks(): Promise<{ keys: Record<string, unknown>[] }>;
  /** A new signing key; the old ones still verify until their last token has ended. */
  rotateKeys(): Promise<void>;
  /** What was remembered of this scope is forgotten. Called for each access event of the feed. */
  forget(event: AccessEvent | 'everything'): void;
  /** False while the feed is broken: nothing is remembered then. */
  remember(on: boolean): void;
}

export function createAccounts(given: AccountsDeps): Accounts {
  const { sql, applications, settings } = given;
  const tokenSeconds = settings.accessTokenMinutes * 60;
  const vault = createVault(settings.secret);
  const keys = createKeys({ sql, vault, tokenSeconds });
  const accessTokens = createAccessTokens({ keys, issuer: settings.publicUrl, seconds: tokenSeconds });
  const standings = createStandings(sql);
  const deps: Deps = { ...given, vault, keys, accessTokens, standings, passwords: createPasswords() };
  return {
    signUp: signUp(deps),
    signIn: signIn(deps),
    refresh: refresh(deps),
    signOut: signOut(deps),
    devices: devices(deps),
    me: me(deps),
    changePassword: changePassword(deps),
    forgotPassword: forgotPassword(deps),
    resetPassword: resetPassword(deps),
    sendEmailCode: sendEmailCode(deps),
    verifyEmail: verifyEmail(deps),
    claimFirstAdmin: claimFirstAdmin(deps),
    firstAdminCode: firstAdminCode(deps),
    setRole: setRole(deps),
    authenticate: authenticate(deps),
    expiresAt: async (token) => expiresAt(token) ?? (await applications.expiresAt(token)),
    jwks: keys.jwks,
    rotateKeys: keys.rotate,
    forget(event) {
      standings.forget(event);
      applications.forget(event);
    },
    remember(on) {
      standings.remember(on);
      applications.remember(on);
    },
  };
}
