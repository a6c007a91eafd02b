import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, Community, Message } from '../../contracts/nouns.ts';
import { type Someone, signUp } from '../support/api.ts';
import { findings } from '../support/checker.ts';
import { createCopy, readAfresh } from '../support/copy.ts';
import { freePort, type Server, startServer } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { tidyAfter } from '../support/tidy.ts';
import { pause, until } from '../support/wait.ts';
import { type Book, createBook } from './book.ts';
import { type Chance, createChance } from './chance.ts';
import { type Client, restClient, socketClient } from './client.ts';
import { killAndRecover, tortureEnv, victims } from './kill.ts';
import { writeUntil } from './write.ts';

export interface TortureOptions {
  kills: number;
  seed: number;
  say(line: string): void;
}

export interface Outcome {
  /** What was found wrong; nothing when every rule held. */
  findings: string[];
  acknowledged: number;
  kills: number;
}

/** So many kills go by before the logs are checked and new channels begun. */
const killsAChapter = 10;
const [readers, writersOnly] = [12, 8];

/**
 * Kills the server and its database at random moments under the load of 20 clients, 12 by socket, who also read, and 8
 * by REST; then holds what was acknowledged against what is there.
 */
export async function torture({ kills, seed, say }: TortureOptions): Promise<Outcome> {
  const chance = createChance(seed);
  const data = await mkdtemp(join(tmpdir(), 'plaza-test-'));
  const tidy = tidyAfter(data);
  let server = await startServer({ data, port: await freePort(), env: tortureEnv });
  const outcome: Outcome = { findings: [], acknowledged: 0, kills: 0 };
  const epochs = new Set<string>();
  const clients: Client[] = [];
  const tellMore = () =>
    say(
      `The server said:\n${server.said().slice(-8_000)}\nThe database said:\n${readFileSync(join(data, 'postgres/log'), 'utf8').slice(-8_000)}`,
    );
  try {
    const people = await Promise.all(Array.from({ length: readers + writersOnly }, (_, i) => signUp(server.base, `P${i}`)));
    const [founder] = people;
    if (!founder) throw new Error('Nobody signed up.');
    const community = await founder.createCommunity('Storm chasers');
    for (const person of people.slice(1)) await person.join(community);
    for (const [i, person] of people.entries())
      clients.push(i < readers ? socketClient(person, (epoch) => epochs.add(epoch)) : restClient(person));
    while (outcome.kills < kills && outcome.findings.length === 0) {
      server = await chapter(server, Math.min(killsAChapter, kills - outcome.kills), { chance, clients, founder, community, outcome, say });
      if (epochs.size > 1) outcome.findings.push(`[L13] the epoch changed without a restore: ${[...epochs].join(', ')}`);
    }
    if (outcome.findings.length > 0) tellMore();
  } catch (error) {
    tellMore();
    throw error;
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
    await tidy();
  }
  return outcome;
}

interface Setting {
  chance: Chance;
  clients: readonly Client[];
  founder: Someone;
  community: Community;
  outcome: Outcome;
  say(line: string): void;
}

async function chapter(begin: Server, kills: number, { chance, clients, founder, community, outcome, say }: Setting): Promise<Server> {
  let server = begin;
  const channels = [
    await founder.createChat(community, `storm ${outcome.kills}`),
    await founder.startDiscussion(community, `Storm ${outcome.kills}`),
  ];
  const books = await Promise.all(channels.map(async (channel) => createBook(channel.id, await versionOf(founder, channel))));
  const [first, ...others] = books;
  if (!first) throw new Error('There are no channels.');
  const socketClients = clients.slice(0, readers);
  await Promise.all(socketClients.map((client) => client.watch(channels.map(({ id }) => createCopy(id)))));
  let stopped = false;
  const writing = clients.map((client) => writeUntil(() => stopped, client, [first, ...others], createChance(chance.whole(0, 2 ** 31))));
  for (let i = 0; i < kills; i++) {
    await pause(chance.whole(200, 2_000));
    const victim = chance.oneOf(victims);
    const started = performance.now();
    server = await killAndRecover(victim, server, chance);
    outcome.kills++;
    say(`kill ${outcome.kills}: ${victim}, open again after ${Math.round(performance.now() - started)} ms`);
  }
  await pause(500);
  stopped = true;
  await Promise.all(writing);
  for (const book of books) await check(book, socketClients, founder, outcome, say);
  for (const client of clients) client.copies.clear();
  return server;
}

async function check(
  book: Book,
  clients: readonly Client[],
  founder: Someone,
  outcome: Outcome,
  say: (line: string) => void,
): Promise<void> {
  const witness = await openSocket(founder.base, founder.token);
  const fresh = await readAfresh(witness, book.channel);
  await witness.close();
  const copies = clients.map((client) => client.copies.get(book.channel) ?? createCopy(book.channel));
  const there = () => copies.every((copy) => copy.version >= fresh.version);
  // Who is left behind for good shows up below.
  await until('all readers have caught up', there).catch(() => {});
  const paged = await pages(founder, book.channel);
  const found = findings({ ...book, copies, fresh, paged });
  const odd = [...book.refusals]
    .filter(([code]) => !['not_found', 'conflict', 'invalid_input'].includes(code))
    .map(([code, times]) => `${code} was answered ${times} times`);
  outcome.findings.push(...found, ...odd);
  outcome.acknowledged += book.acknowledged.length;
  say(
    `checked: ${fresh.messages.size} messages, ${fresh.version} versions, ${book.acknowledged.length} acknowledged of ${book.attempts} sent; ${found.length} findings`,
  );
}

async function versionOf(someone: Someone, channel: Channel): Promise<number> {
  return (await someone.call<{ version: number }>('GET', `/v1/channels/${channel.id}`)).version;
}

/** The whole history by REST, page after page. */
async function pages(someone: Someone, channel: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const after = all.at(-1)?.number ?? 0;
    const { items } = await someone.call<{ items: Message[] }>('GET', `/v1/channels/${channel}/messages?after=${after}&limit=200`);
    if (items.length === 0) return all;
    all.push(...items);
  }
}
