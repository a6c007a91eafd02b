import type { Letter } from '../../engines/mail/index.ts';
import { codeMinutes } from './codes.ts';
import type { Deps } from './deps.ts';

export function resetLetter(to: string, code: string, publicUrl: string): Letter {
  return {
    to,
    subject: 'Your code for a new password',
    text: [
      `Somebody, likely you, asked for a new password for your account at ${publicUrl}.`,
      `The code is ${code}. It is good for ${codeMinutes} minutes and for one use.`,
      'If it was not you, do nothing: without the code your password stays as it is.',
    ].join('\n\n'),
  };
}

export function verifyLetter(to: string, code: string, publicUrl: string): Letter {
  return {
    to,
    subject: 'Your code to confirm this address',
    text: [
      `Somebody, likely you, gave this address for an account at ${publicUrl}.`,
      `The code is ${code}. It is good for ${codeMinutes} minutes and for one use.`,
      'If it was not you, do nothing.',
    ].join('\n\n'),
  };
}

/** Nobody waits for the mail server, and nobody learns from its answer whether there is such an account. */
export function sendLater({ mail, log }: Pick<Deps, 'mail' | 'log'>, letter: Letter): void {
  mail.send(letter).catch((error: unknown) => log.error({ err: error }, 'a letter could not be sent'));
}
