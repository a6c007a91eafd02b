import { hash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Id } from '../../../contracts/nouns.ts';
import { isId } from '../../kit/page.ts';
import type { Keys } from './keys.ts';

export interface Claims {
  account: Id;
  person: Id;
  application: Id;
  device: Id;
  /** ms since 1970. */
  expiresAt: number;
}

export interface AccessTokens {
  sign(claims: Omit<Claims, 'expiresAt'>): Promise<{ access: string; accessExpiresAt: string }>;
  /** @throws unauthenticated, token_expired */
  verify(token: string): Promise<Claims>;
}

const audience = 'plaza';
/** The type of RFC 9068: no other kind of signed token passes for one. */
const type = 'at+jwt';
const mostCharacters = 2_000;

/** @param issuer the public address; it stands in the token for other verifiers */
export function createAccessTokens({ keys, issuer, seconds }: { keys: Keys; issuer: string; seconds: number }): AccessTokens {
  /** By hash, so that memory holds no live token. */
  const verified = new LRUCache<string, Claims>({ max: 50_000 });

  return {
    async sign({ account, person, application, device }) {
      const { kid, key } = await keys.signing();
      const issuedAt = Math.floor(Date.now() / 1000);
      const access = await new SignJWT({ person, app: application, device })
        .setProtectedHeader({ alg: 'EdDSA', typ: type, kid })
        .setSubject(account)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + seconds)
        .sign(key);
      return { access, accessExpiresAt: new Date((issuedAt + seconds) * 1000).toISOString() };
    },

    async verify(token) {
      if (token.length > mostCharacters) throw invalid();
      const key = hash('sha256', token, 'base64');
      let claims = verified.get(key);
      if (!claims) {
        claims = await read(keys, token);
        verified.set(key, claims, { ttl: Math.max(1, claims.expiresAt - Date.now()) });
      }
      if (claims.expiresAt <= Date.now()) throw new PlazaError('token_expired');
      return claims;
    },
  };
}

async function read(keys: Keys, token: string): Promise<Claims> {
  try {
    // The keys are this installation's own, so the issuer is not compared: processes may have different addresses.
    const { payload } = await jwtVerify(
      token,
      async ({ kid = '' }) => {
        const key = await keys.verifying(kid);
        if (!key) throw invalid();
        return key;
      },
      { audience, typ: type, algorithms: ['EdDSA'], requiredClaims: ['sub', 'exp'] },
    );
    const { sub, person, app, device, exp } = payload;
    if (!isId(sub) || !isId(person) || !isId(app) || !isId(device) || exp === undefined) throw invalid();
    return { account: sub, person, application: app, device, expiresAt: exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new PlazaError('token_expired');
    if (error instanceof errors.JOSEError) throw invalid();
    throw error;
  }
}

/** When an access token that was verified before ends, in ms since 1970; null for what is none. */
export function expiresAt(token: string): number | null {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? null : exp * 1000;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function invalid(): PlazaError {
  return new PlazaError('unauthenticated', 'The token is not valid; sign in again.');
}
