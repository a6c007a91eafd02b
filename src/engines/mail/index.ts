import { createFolderMail } from './folder.ts';
import { createSmtpMail } from './smtp.ts';

export interface Letter {
  /** One address. */
  to: string;
  subject: string;
  text: string;
}

/** Sends letters. */
export interface Mail {
  /** Resolves once the letter is handed over: written, or taken by the mail server. Rejects when it was not. */
  send(letter: Letter): Promise<void>;
  /** Waits for letters on their way, but not for ever. */
  close(): Promise<void>;
}

export interface MailOptions {
  /** A mail server, `smtp://user:password@host:587` or `smtps://…`. Without one, letters are written to `folder`. */
  smtpUrl: string | null;
  /** Where letters are written as .eml files, readable by us alone. */
  folder: string;
  /** The sender, `Plaza <plaza@example.org>`. */
  from: string;
  /** So long, in ms, closing waits for letters on their way at most; two seconds unless told. */
  longestWait?: number;
}

export function createMail({ smtpUrl, folder, ...more }: MailOptions): Mail {
  return smtpUrl === null ? createFolderMail({ folder, ...more }) : createSmtpMail({ url: smtpUrl, ...more });
}
