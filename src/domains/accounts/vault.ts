import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What the installation's secret is good for. Each use has a key of its own. */
export interface Vault {
  /** @param label what it is; must be the same when it is opened */
  seal(plain: string, label: string): Buffer;
  /** Null when it was sealed with another secret, or touched. */
  open(sealed: Buffer, label: string): string | null;
  /** 256 bits that nobody can tell without the secret, the same for the same text. */
  mac(purpose: 'refresh tokens' | 'one-time codes' | 'first admin', text: string): Buffer;
}

export function createVault(secret: string): Vault {
  const keyFor = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'plaza', use, 32));
  const sealing = keyFor('signing keys');
  const macs = {
    'refresh tokens': keyFor('refresh tokens'),
    'one-time codes': keyFor('one-time codes'),
    'first admin': keyFor('first admin'),
  };

  return {
    seal(plain, label) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(label));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed, label) {
      const cipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, 12)).setAAD(Buffer.from(label));
      cipher.setAuthTag(sealed.subarray(12, 28));
      const plain = cipher.update(sealed.subarray(28));
      try {
        return Buffer.concat([plain, cipher.final()]).toString('utf8');
      } catch {
        // The one way in which GCM says that the key or the bytes are not those of the sealing.
        return null;
      }
    },
    mac: (purpose, text) => createHmac('sha256', macs[purpose]).update(text).digest(),
  };
}
