import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createMail, type Mail } from './index.ts';

interface Inbox {
  mail: Mail;
  /** Every letter that came, whole. */
  letters(): Promise<string[]>;
}

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function folderInbox(): Promise<Inbox & { folder: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'plaza-mail-'));
  undo.push(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'mail');
  const mail = createMail({ smtpUrl: null, folder, from: 'Plaza <plaza@example.org>', longestWait: 60_000 });
  return {
    mail,
    folder,
    letters: async () => Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name), 'utf8'))),
  };
}

/** A mail server that keeps what it is given, and refuses recipients at `nowhere.example`. */
async function smtpInbox(): Promise<Inbox & { logins: string[] }> {
  const kept: string[] = [];
  const logins: string[] = [];
  const server = createServer((socket) => {
    let rest = '';
    let data: string[] | null = null;
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 test');
    socket.setEncoding('utf8').on('error', () => {});
    socket.on('data', (chunk: string) => {
      rest += chunk;
      const lines = rest.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (data !== null) {
          if (line === '.') {
            kept.push(data.join('\r\n'));
            data = null;
            say('250 kept');
          } else data.push(line.replace(/^\.\./, '.'));
        } else if (/^EHLO/i.test(line)) socket.write('250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n');
        else if (/^AUTH PLAIN/i.test(line)) {
          logins.push(
            Buffer.from(line.split(' ')[2] ?? '', 'base64')
              .toString()
              .replaceAll('\u0000', '/'),
          );
          say('235 welcome');
        } else if (/^RCPT.*nowhere\.example/i.test(line)) say('550 nobody there');
        else if (/^DATA/i.test(line)) {
          data = [];
          say('354 go on');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else say('250 ok');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const mail = createMail({
    smtpUrl: `smtp://us%40er:pass@127.0.0.1:${port}`,
    folder: '/nowhere',
    from: 'Plaza <plaza@example.org>',
    longestWait: 60_000,
  });
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  undo.push(() => mail.close());
  return { mail, logins, letters: async () => kept };
}

describe.each([
  ['folder', folderInbox],
  ['smtp', smtpInbox],
])('%s', (_, inbox) => {
  test('a letter arrives whole, in any script', async () => {
    const { mail, letters } = await inbox();
    await mail.send({ to: 'ana@example.org', subject: 'Olá — 你好', text: 'Your code is 1234.\n.\nA line with a dot above.' });
    const [letter = ''] = await letters();
    expect(letter).toMatch(/^From: Plaza <plaza@example\.org>$/m);
    expect(letter).toMatch(/^To: ana@example\.org$/m);
    expect(letter).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(letter).toMatch(/Your code is 1234\.\r?\n\.\r?\nA line with a dot above\./);
  });

  test('many at once all arrive', async () => {
    const { mail, letters } = await inbox();
    await Promise.all(Array.from({ length: 12 }, (_, i) => mail.send({ to: `a${i}@example.org`, subject: 's', text: 't' })));
    expect(await letters()).toHaveLength(12);
  });

  test('closing waits for what is on its way', async () => {
    const { mail, letters } = await inbox();
    const sent = mail.send({ to: 'ana@example.org', subject: 's', text: 't' });
    await mail.close();
    expect(await letters()).toHaveLength(1);
    await sent;
  });

  test('nobody is added by what an address or subject holds', async () => {
    const { mail, letters } = await inbox();
    await mail.send({ to: 'ana@example.org', subject: 's\r\nBcc: eve@example.org', text: 't' });
    expect((await letters()).join()).not.toMatch(/^Bcc:/m);
  });
});

test('the folder is for us alone', async () => {
  const { mail, folder } = await folderInbox();
  await mail.send({ to: 'ana@example.org', subject: 's', text: 't' });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const [name = ''] = await readdir(folder);
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test('the mail server is logged in to, and its refusal is a rejection', async () => {
  const { mail, logins, letters } = await smtpInbox();
  await expect(mail.send({ to: 'ana@nowhere.example', subject: 's', text: 't' })).rejects.toThrow(/nobody there/);
  await mail.send({ to: 'ana@example.org', subject: 's', text: 't' });
  expect(logins[0]).toBe('/us@er/pass');
  expect(await letters()).toHaveLength(1);
});

test('a mail server that is not there is a rejection', async () => {
  const mail = createMail({ smtpUrl: 'smtp://127.0.0.1:1', folder: '/nowhere', from: 'plaza@example.org' });
  await expect(mail.send({ to: 'ana@example.org', subject: 's', text: 't' })).rejects.toThrow();
  await mail.close();
});

test('a mail server that hangs does not keep us from closing', async () => {
  const open = new Set<Socket>();
  const server = createServer((socket) => open.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const mail = createMail({ smtpUrl: `smtp://127.0.0.1:${port}`, folder: '/nowhere', from: 'plaza@example.org' });
  const sent = mail.send({ to: 'ana@example.org', subject: 's', text: 't' });
  let ended = false;
  const refused = expect(sent.finally(() => (ended = true))).rejects.toThrow();
  await mail.close();
  expect(ended).toBe(false);
  for (const socket of open) socket.destroy();
  await refused;
});
