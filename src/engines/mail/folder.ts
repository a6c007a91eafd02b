import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mail } from './index.ts';
import { createUnderWay } from './underWay.ts';

/** Writes each letter as an .eml file that mail programs open: no mail server is needed to begin with. */
export function createFolderMail({ folder, from, longestWait }: { folder: string; from: string; longestWait?: number }): Mail {
  const writer = createTransport({ streamTransport: true, buffer: true, disableFileAccess: true, disableUrlAccess: true });
  const underWay = createUnderWay(longestWait);

  async function write(to: string, subject: string, text: string): Promise<void> {
    const { message } = await writer.sendMail({ from, to: { name: '', address: to }, subject, text });
    if (!Buffer.isBuffer(message)) throw new Error('The letter was not composed into a buffer.');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Sorted by time; complete under its name or not there at all.
    const name = `${new Date().toISOString().replace(/[:.]/g, '-')}-${randomBytes(4).toString('hex')}.eml`;
    const draft = join(folder, `.${name}.part`);
    await writeFile(draft, message, { mode: 0o600 });
    await rename(draft, join(folder, name));
  }

  return {
    send: ({ to, subject, text }) => underWay.track(write(to, subject, text)),
    close: underWay.settle,
  };
}
