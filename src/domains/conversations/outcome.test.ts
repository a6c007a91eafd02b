import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Pool } from '../../engines/postgres/index.ts';
import { testCommunity, testGround, testPerson } from '../testing.ts';
import { createConversations, createLog } from './index.ts';

// The log's way to the database leads through a wire that is cut when what commits passes (COMMIT, or the one statement
// of plain posts): before it reaches PostgreSQL, or after PostgreSQL has carried it out and before the answer comes back.
const ground = await testGround();
const { sql, policy } = ground;
let cutAt: 'before' | 'after' | null = null;
let wire: Server;
let writers: Pool;
let conversations: ReturnType<typeof createConversations>;

beforeAll(async () => {
  const to = new URL(ground.url);
  const folder = to.searchParams.get('host');
  const open = () =>
    folder === null ? connectSocket(Number(to.port), to.hostname) : connectSocket(`${folder}/.s.PGSQL.${to.port || 5432}`);
  wire = createServer((client: Socket) => {
    const server = open();
    // The driver prepares each statement once (P, its length, its name): what commits is known by its name from the second on.
    const names = new Set<string>();
    let committing = false;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      committing = cutAt !== null && [...names].some((name) => text.includes(`\0${name}\0`));
      for (const [, name] of text.matchAll(/P[\s\S]{4}(\w+)\0(?:commit|\s*with claimed)\b/g)) if (name !== undefined) names.add(name);
      if (committing && cutAt === 'before') {
        cutAt = null;
        end();
      } else server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (committing && cutAt === 'after') {
        cutAt = null;
        end();
      } else client.write(bytes);
    });
    for (const side of [client, server]) side.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const through = new URL(ground.url);
  through.searchParams.delete('host');
  through.hostname = '127.0.0.1';
  through.port = String((wire.address() as { port: number }).port);
  writers = connect(through.href, { max: 1, name: 'writers' });
  const log = createLog({ sql: writers, lanes: 1, logger: { warn() {}, error() {} } });
  conversations = createConversations({ ...ground, log });
});
afterAll(async () => {
  await writers.end();
  wire.close();
});

test.each(['before', 'after'] as const)(
  '[L3] [L4] a wire cut %s the commit: every change is written once and answered as it was written',
  async (when) => {
    const ana = await testPerson(sql, `ana-${when}`);
    const community = await testCommunity(sql, [{ who: ana, role: 'owner' }]);
    const { id: channel } = await conversations.createChannel(ana, { community, name: 'c' });
    policy.remember(true);
    await conversations.edit(ana, { channel, number: (await conversations.post(ana, { channel, body: 'zero' })).number, body: 'edited' });
    await conversations.post(ana, { channel, body: 'one' });

    cutAt = when;
    expect(await conversations.post(ana, { channel, body: 'two', key: 'k2' })).toMatchObject({ number: 3, version: 4, repeated: false });
    expect(cutAt).toBe(null);
    expect(await conversations.post(ana, { channel, body: 'two', key: 'k2' })).toMatchObject({ number: 3, version: 4, repeated: true });
    cutAt = when;
    expect(await conversations.edit(ana, { channel, number: 1, body: 'edited again' })).toMatchObject({
      version: 5,
      message: { body: 'edited again' },
    });
    expect(cutAt).toBe(null);
    cutAt = when;
    expect(await conversations.delete(ana, { channel, number: 3 })).toMatchObject({ version: 6, message: { body: null } });
    expect(cutAt).toBe(null);

    const { messages, version } = await conversations.since(ana, { channel, version: 0 });
    expect({ version, bodies: messages.map((message) => [message.number, message.version, message.body]) }).toEqual({
      version: 6,
      bodies: [
        [2, 3, 'one'],
        [1, 5, 'edited again'],
        [3, 6, null],
      ],
    });
  },
);
