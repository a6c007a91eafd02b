import { setTimeout as sleep } from 'node:timers/promises';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Pool, Transaction } from '../../engines/postgres/index.ts';
import { Advice } from '../../kit/advice.ts';
import type { Vault } from './vault.ts';

/** The keys that sign access tokens, shared by all processes through the table signing_keys. */
export interface Keys {
  /** Makes the first key if there is none. @throws Advice when the secret is another than the keys were sealed with */
  signing(): Promise<{ kid: string; key: CryptoKey }>;
  /** Null when there is no such key, or it was retired so long ago that none of its tokens is alive. */
  verifying(kid: string): Promise<CryptoKey | null>;
  jwks(): Promise<{ keys: Record<string, unknown>[] }>;
  rotate(): Promise<void>;
}

interface Loaded {
  at: number;
  signing: { kid: string; key: CryptoKey };
  verifying: Map<string, CryptoKey>;
  jwks: JWK[];
}

interface KeyRow {
  id: string;
  public_jwk: JWK;
  sealed_private_jwk: Buffer;
  retired_at: Date | null;
}

/** A rotation in another process is noticed this soon, in milliseconds. */
const lookAgain = 60_000;
/** Tokens with unknown keys make us read the table at most this often. */
const leastPause = 1_000;
/** A key outlives its retirement by the life of a token, plus `lookAgain` and clocks that differ. */
const graceSeconds = 300;

export function createKeys({ sql, vault, tokenSeconds }: { sql: Pool; vault: Vault; tokenSeconds: number }): Keys {
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;

  /** One load at a time, whoever asks. */
  function load(): Promise<Loaded> {
    loading ??= readOrMake().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  async function readOrMake(): Promise<Loaded> {
    const pause = loaded ? loaded.at + leastPause - performance.now() : 0;
    if (pause > 0) await sleep(pause);
    const at = performance.now();
    let rows = await read();
    if (!rows.some((row) => row.retired_at === null)) {
      await locked(async (tx) => {
        const [other] = await tx`select from signing_keys where retired_at is null limit 1`;
        if (!other) await make(tx);
      });
      rows = await read();
    }
    loaded = { ...(await open(rows)), at };
    return loaded;
  }

  function read(): Promise<KeyRow[]> {
    return sql<KeyRow[]>`
      select id, public_jwk, sealed_private_jwk, retired_at from signing_keys
      where retired_at is null or retired_at > now() - ${tokenSeconds + graceSeconds} * interval '1 second'
      order by retired_at is null desc, created_at desc, id`;
  }

  async function open(rows: KeyRow[]): Promise<Omit<Loaded, 'at'>> {
    const [newest] = rows;
    if (!newest || newest.retired_at !== null) throw new Error('There is no signing key, though one was just made.');
    const plain = vault.open(newest.sealed_private_jwk, newest.id);
    if (plain === null) {
      throw new Advice(
        'The secret does not open the signing keys of this database. Start with the secret that they were made with: PLAZA_SECRET, or the file "secret" in the data folder of the first server. Only when that is lost for good: "bin/plaza keys rotate" makes new keys with this one.',
      );
    }
    return {
      signing: { kid: newest.id, key: await imported(JSON.parse(plain)) },
      verifying: new Map(await Promise.all(rows.map(async (row) => [row.id, await imported(row.public_jwk)] as const))),
      jwks: rows.map((row) => row.public_jwk),
    };
  }

  async function make(tx: Transaction): Promise<void> {
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
    const kid = await calculateJwkThumbprint(publicJwk);
    const shown = { ...publicJwk, kid, alg: 'EdDSA', use: 'sig' };
    await tx`
      insert into signing_keys (id, public_jwk, sealed_private_jwk)
      values (${kid}, ${JSON.stringify(shown)}::text::jsonb, ${vault.seal(JSON.stringify({ ...privateJwk, alg: 'EdDSA' }), kid)})`;
  }

  /** Alone among all processes. */
  async function locked(work: (tx: Transaction) => Promise<void>): Promise<void> {
    await sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtext('plaza signing keys'))`;
      await work(tx);
    });
  }

  async function recent(): Promise<Loaded> {
    return loaded && performance.now() - loaded.at < lookAgain ? loaded : load();
  }

  async function find(kid: string): Promise<CryptoKey | null> {
    const joined = loading;
    const found = (await load()).verifying.get(kid);
    // One that was under way may have read before the key was made.
    if (found || !joined) return found ?? null;
    return (await load()).verifying.get(kid) ?? null;
  }

  return {
    signing: async () => (await recent()).signing,
    verifying: async (kid) => loaded?.verifying.get(kid) ?? find(kid),
    jwks: async () => ({ keys: (await recent()).jwks.map((jwk) => ({ ...jwk })) }),
    async rotate() {
      await locked(async (tx) => {
        await tx`update signing_keys set retired_at = now() where retired_at is null`;
        await tx`delete from signing_keys where retired_at < now() - ${tokenSeconds + graceSeconds} * interval '1 second'`;
        await make(tx);
      });
      await loading?.catch(() => {});
      loaded = undefined;
      await load();
    },
  };
}

async function imported(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array) throw new Error('A signing key is not an Ed25519 key.');
  return key;
}
