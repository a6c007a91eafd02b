import { subprotocol } from '../../contracts/wire.ts';
import type { Pool } from '../../src/engines/postgres/index.ts';
import { quantile } from '../quantile.ts';
import { getRequest, openHttp } from '../support/http.ts';
import { startPlaza } from '../support/plaza.ts';
import { meter } from '../support/processes.ts';
import type { Contender, Options, Work } from '../support/work.ts';

const page = 50;
/** Messages written in one transaction. */
const atOnce = 200_000;
const words = 'The beans are up, the snails know it already, and it has rained on nobody but us since we sowed them.';

/**
 * Messages 1 to `count`, each a version, by `authors` in turn, straight into the tables: heads, tallies and read
 * positions say what they would if all had been posted, and nobody is told, for nobody listens.
 */
async function fill(sql: Pool, channel: string, count: number, authors: readonly string[]): Promise<void> {
  for (let from = 1; from <= count; from += atOnce) {
    const to = Math.min(count, from + atOnce - 1);
    await sql`
      insert into messages (channel, number, version, author, body, created_at)
      select ${channel}, n, n, (${[...authors]}::bigint[])[1 + n % ${authors.length}::int], n || ' ' || ${words}, now() - (${count}::int - n) * interval '1 second'
      from generate_series(${from}::int, ${to}::int) n`;
  }
  await sql.begin(async (tx) => {
    await tx`update channel_heads set number = ${count}, version = ${count} where channel = ${channel}`;
    await tx`insert into channel_tallies (channel, number, version) values (${channel}, ${count}, ${count})`;
    await tx`
      insert into read_positions (person, channel, number)
      select author, ${channel}, max(number) from messages where channel = ${channel} and number > ${count - authors.length} group by author`;
  });
}

interface Place {
  name: 'end' | 'middle' | 'random';
  /** The number before which the page ends; undefined for the end of the log. */
  before(count: number): number | undefined;
}

const places: readonly Place[] = [
  { name: 'end', before: () => undefined },
  { name: 'middle', before: (count) => Math.floor(count / 2) },
  { name: 'random', before: (count) => page + 1 + Math.floor(Math.random() * (count - page)) },
];

/** Asks for one page and waits for it. */
type Ask = (channel: string, before: number | undefined) => Promise<void>;

async function byRest(port: number, token: string): Promise<{ ask: Ask; close(): void }> {
  const http = await openHttp(port);
  return {
    async ask(channel, before) {
      const body = await http.ask(
        getRequest(`/v1/channels/${channel}/messages?limit=${page}${before === undefined ? '' : `&before=${before}`}`, token),
      );
      if (body.length < page * words.length) throw new Error(`A page of ${body.length} bytes: ${body.toString('utf8', 0, 300)}`);
    },
    close: http.close,
  };
}

/** Over one socket. It may send 50 frames a second, so there are several of them. */
async function bySocket(port: number, token: string): Promise<{ ask: Ask; close(): void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, subprotocol);
  let heard = (_: string) => {};
  const answer = (type: string) =>
    new Promise<string>((resolve, reject) => {
      heard = (text) => (text.startsWith(`{"type":"${type}"`) ? resolve(text) : reject(new Error(text.slice(0, 300))));
      socket.onclose = () => reject(new Error('The server closed the socket.'));
    });
  socket.onmessage = ({ data }) => heard(String(data));
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error('The socket does not open.'));
  });
  const ready = answer('ready');
  socket.send(JSON.stringify({ type: 'hello', token }));
  await ready;
  return {
    async ask(channel, before) {
      const paged = answer('paged');
      socket.send(JSON.stringify({ type: 'page', channel, limit: page, before }));
      const text = await paged;
      if (text.length < page * words.length) throw new Error(`A page of ${text.length} characters.`);
    },
    close: () => socket.close(),
  };
}

const plaza: Contender = {
  about: 'Plaza',
  async start(options: Options) {
    const { smallest = 0, middle = 0, largest = 0, pages = 0 } = options;
    const servers = await startPlaza();
    const { sql } = servers;
    const people = await servers.people(50);
    const [reader] = people;
    const port = servers.ports[0] ?? 0;
    if (!reader) throw new Error('Nobody is there to read.');
    const ids = people.map(({ id }) => id);
    const counts = [...new Set([smallest, middle, largest])].sort((a, b) => a - b);
    const channels = await servers.channels({ count: counts.length, kind: 'group', createdBy: reader.id, members: () => ids });
    const sizes = counts.map((count, i) => ({ count, channel: channels[i] ?? '' }));
    for (const { channel, count } of sizes) await fill(sql, channel, count, ids);
    // As the database does by itself within a minute or so.
    await sql`vacuum (analyze) messages`;
    await sql`checkpoint`;

    /** Sizes and places in turn, so that what else happens on the machine meets all of them. Milliseconds by size and place. */
    async function measure(asks: readonly Ask[], times: number): Promise<Map<string, number[]>> {
      const took = new Map<string, number[]>();
      let turn = 0;
      for (let k = 0; k < times; k++) {
        for (const { name, before } of places) {
          for (const { count, channel } of sizes) {
            const ask = asks[turn++ % asks.length];
            const began = performance.now();
            await ask?.(channel, before(count));
            const ms = performance.now() - began;
            const key = `${count} ${name}`;
            const all = took.get(key);
            if (all) all.push(ms);
            else took.set(key, [ms]);
          }
        }
      }
      return took;
    }

    return {
      async run() {
        const rest = await byRest(port, reader.token);
        const sockets = await Promise.all(Array.from({ length: 40 }, () => bySocket(port, reader.token)));
        try {
          await measure([rest.ask], Math.min(100, pages));
          const cpu = meter(servers.pids);
          const took = await measure([rest.ask], pages);
          const micros = cpu();
          const overSocket = await measure(
            sockets.map(({ ask }) => ask),
            Math.ceil(pages / 4),
          );
          const at = (count: number, name: string, share: number) => quantile(took.get(`${count} ${name}`) ?? [], share);
          const [least = 0] = counts;
          const most = counts.at(-1) ?? 0;
          const ratio = (share: number) => Math.max(...places.map(({ name }) => at(most, name, share) / at(least, name, share)));
          return {
            end: at(most, 'end', 0.99),
            middle: at(most, 'middle', 0.99),
            random: at(most, 'random', 0.99),
            typical: quantile([...took.values()].flat(), 0.5),
            socket: quantile([...overSocket.values()].flat(), 0.99),
            ratio: ratio(0.5),
            ratioP99: ratio(0.99),
            cpu: micros / (pages * places.length * counts.length),
          };
        } finally {
          rest.close();
          for (const socket of sockets) socket.close();
        }
      },
      stop: () => servers.stop(),
    };
  },
};

export const history: Work = {
  name: 'history',
  about: 'A page of 50 messages at the end, in the middle and at random places of channels of different sizes, by REST and over sockets.',
  options: {
    smallest: { about: 'messages of the smallest channel', value: 10_000, quick: 1000 },
    middle: { about: 'messages of the middle channel', value: 1_000_000, quick: 10_000 },
    largest: { about: 'messages of the largest channel', value: 10_000_000, quick: 100_000 },
    pages: { about: 'pages of each place and channel', value: 1000, quick: 20 },
  },
  columns: [
    { key: 'end', label: 'end p99 ms', better: 'lower' },
    { key: 'middle', label: 'middle p99 ms', better: 'lower' },
    { key: 'random', label: 'random p99 ms', better: 'lower' },
    { key: 'typical', label: 'all p50 ms', better: 'lower' },
    { key: 'socket', label: 'sockets p99 ms', better: 'lower' },
    { key: 'ratio', label: 'largest/smallest p50', better: 'lower' },
    { key: 'ratioP99', label: 'largest/smallest p99', better: 'lower' },
    { key: 'cpu', label: 'CPU µs/page', better: 'lower' },
  ],
  contenders: { plaza },
};
