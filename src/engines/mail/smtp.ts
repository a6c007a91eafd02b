import { createTransport } from 'nodemailer';
import type { Mail } from './index.ts';
import { createUnderWay } from './underWay.ts';

/** Hands letters to a mail server over a few kept connections. */
export function createSmtpMail({ url, from, longestWait }: { url: string; from: string; longestWait?: number }): Mail {
  const address = new URL(url);
  const transport = createTransport({
    pool: true,
    maxConnections: 3,
    host: address.hostname,
    ...(address.port !== '' && { port: Number(address.port) }),
    secure: address.protocol === 'smtps:',
    ...(address.username !== '' && { auth: { user: decodeURIComponent(address.username), pass: decodeURIComponent(address.password) } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const underWay = createUnderWay(longestWait);

  return {
    send: ({ to, subject, text }) =>
      underWay.track(transport.sendMail({ from, to: { name: '', address: to }, subject, text }).then(() => {})),
    async close() {
      await underWay.settle();
      transport.close();
    },
  };
}
