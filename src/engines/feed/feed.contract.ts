import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PlazaEvent, Topic } from '../../../contracts/events.ts';
import { connect, type Pool, type Transaction } from '../postgres/index.ts';
import { type FreshDatabase, freshDatabase } from '../postgres/testing.ts';
import { emit } from './emit.ts';
import type { FeedEvent } from './index.ts';
import { emitText, until } from './testing.ts';

/** A reader under test: what it heard, call by call. */
export interface Subject {
  heard: readonly FeedEvent[][];
  /** Resolves once every later commit will be heard. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What every reader of the feed promises, the live one and the durable one. */
export function feedContract(name: string, create: (database: { url: string; sql: Pool }) => Subject): void {
  describe(name, () => {
    let database: FreshDatabase;
    let sql: Pool;
    let subject: Subject;

    beforeAll(async () => {
      database = await freshDatabase();
      sql = connect(database.url, { max: 12, name: 'contract' });
      await sql`create table heads (channel integer primary key, version integer not null)`;
    });
    afterAll(async () => {
      await sql.end();
      await database.drop();
    });
    beforeEach(async () => {
      subject = create({ url: database.url, sql });
      await subject.start();
    });
    afterEach(() => subject.stop());

    const all = () => subject.heard.flat();
    const texts = () => all().map((event) => event.bytes.toString());
    /** Everything that was committed before has been heard once this has. */
    async function heardAll(): Promise<void> {
      const end = `end ${randomBytes(8).toString('hex')}`;
      await sql.begin((tx) => emitText(tx, 'plaza/person/1', end));
      await until(() => texts().includes(end));
    }

    test('[L6] [L5] concurrent writers: versions in order, nothing of what was rolled back', async () => {
      const change = fc.record({
        channel: fc.integer({ min: 1, max: 4 }),
        events: fc.integer({ min: 1, max: 3 }),
        pause: fc.integer({ min: 0, max: 3 }),
        fails: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(change, { maxLength: 12 }), { minLength: 2, maxLength: 10 }), async (writers) => {
          await sql`delete from heads`;
          await sql`insert into heads select n, 0 from generate_series(1, 4) as n`;
          const from = all().length;
          const write = async (tx: Transaction, { channel, events, pause, fails }: (typeof writers)[number][number]) => {
            for (let i = 0; i < events; i++) {
              const [head] = await tx<
                { version: number }[]
              >`update heads set version = version + 1 where channel = ${channel} returning version`;
              await emitText(tx, `plaza/channel/${channel}/${head?.version}/0`, fails ? 'never' : 'ok');
            }
            await tx`select pg_sleep(${pause / 1000})`;
            if (fails) throw new Error('rolled back');
          };
          await Promise.all(
            writers.map(async (changes) => {
              for (const one of changes) {
                await sql.begin((tx) => write(tx, one)).catch((error: Error) => expect(error.message).toBe('rolled back'));
              }
            }),
          );
          await heardAll();
          const heads = await sql<{ channel: number; version: number }[]>`select channel, version from heads order by channel`;
          const heard = all().slice(from);
          expect(heard.filter((event) => event.bytes.toString() === 'never')).toEqual([]);
          for (const { channel, version } of heads) {
            const versions = heard.flatMap(({ topic }) =>
              topic.kind === 'channel' && topic.channel === String(channel) ? [topic.version] : [],
            );
            expect(versions).toEqual(Array.from({ length: version }, (_, i) => i + 1));
          }
        }),
        { numRuns: 8 },
      );
    });

    test('[L5] what a savepoint took back is not heard', async () => {
      await sql.begin(async (tx) => {
        await emitText(tx, 'plaza/person/1', 'kept before');
        await tx
          .savepoint(async (inner) => {
            await emitText(inner, 'plaza/person/1', 'taken back');
            throw new Error('back');
          })
          .catch((error: Error) => expect(error.message).toBe('back'));
        await emitText(tx, 'plaza/person/1', 'kept after');
      });
      await heardAll();
      expect(texts().slice(0, 2)).toEqual(['kept before', 'kept after']);
    });

    test("a transaction's events come together, however many, and stay as they were", async () => {
      const writing = Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          sql.begin(async (tx) => {
            await emitText(tx, `plaza/channel/${i + 1}/1/1`, `${i} first`);
            await emitText(tx, `plaza/channel/${i + 1}/2/2`, `${i} second`);
          }),
        ),
      );
      await sql.begin(
        (tx) =>
          tx`select count(pg_logical_emit_message(true, 'plaza/channel/99/' || n || '/' || n, 'event ' || n)) from generate_series(1, 10000) as n`,
      );
      await writing;
      await heardAll();
      const together =
        subject.heard.find((call) => call.some((event) => event.topic.kind === 'channel' && event.topic.channel === '99')) ?? [];
      const many = together.filter((event) => event.topic.kind === 'channel' && event.topic.channel === '99');
      expect(many.map((event) => event.bytes.toString())).toEqual(Array.from({ length: 10_000 }, (_, i) => `event ${i + 1}`));
      expect(many[9_999]?.topic).toEqual({ kind: 'channel', channel: '99', version: 10_000, number: 10_000 });
      for (let i = 0; i < 20; i++) {
        const call = subject.heard.find((some) => some.some((event) => event.bytes.toString() === `${i} first`)) ?? [];
        const at = call.findIndex((event) => event.bytes.toString() === `${i} first`);
        expect(call[at + 1]?.bytes.toString()).toBe(`${i} second`);
      }
    });

    test('events that are emitted together come as if each were by itself', async () => {
      const topics: fc.Arbitrary<Topic> = fc.oneof(
        fc.record({ kind: fc.constant('channel' as const), channel: fc.constantFrom('7', '8'), version: fc.nat(), number: fc.nat() }),
        fc.constantFrom<Topic>({ kind: 'person', person: '9' }, { kind: 'community', community: '5' }, { kind: 'access' }),
      );
      // Any text may stand in an event.
      const event = fc.string({ unit: 'grapheme' }).map((about) => ({ type: 'access', about: about.replaceAll('\0', '') }) as PlazaEvent);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.record({ topic: topics, event }), { minLength: 1, maxLength: 50 }), async (emissions) => {
          const from = all().length;
          await sql.begin((tx) => emit(tx, emissions));
          await until(() => all().length >= from + emissions.length);
          const heard = all().slice(from);
          expect(heard.map(({ topic, bytes }) => ({ topic, event: JSON.parse(bytes.toString()) }))).toEqual(emissions);
        }),
        { numRuns: 30 },
      );
    });

    test('large events come whole among small ones', async () => {
      const large = Array.from({ length: 5 }, () => randomBytes(524_288).toString('hex'));
      for (const [i, text] of large.entries()) {
        await sql.begin(async (tx) => {
          await emitText(tx, 'plaza/person/1', `before ${i}`);
          await emitText(tx, 'plaza/person/1', text);
          await emitText(tx, 'plaza/person/1', '');
        });
      }
      await heardAll();
      expect(texts().slice(0, -1)).toEqual(large.flatMap((text, i) => [`before ${i}`, text, '']));
    });

    test('what others write into the log is passed over', async () => {
      await sql.begin(async (tx) => {
        await emitText(tx, 'somebody', 'else');
        await emitText(tx, 'plaza/unheard-of/1', 'else');
        await tx`select pg_logical_emit_message(true, 'binary', '\\x0001ff'::bytea)`;
        await tx`insert into heads values (77, 0)`;
        await emitText(tx, 'plaza/access', 'ours');
      });
      await sql.begin((tx) => emitText(tx, 'somebody', 'alone'));
      await heardAll();
      expect(texts().slice(0, -1)).toEqual(['ours']);
    });

    test('content of any script and form arrives byte by byte', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
          const clean = text.replaceAll('\u0000', '').toWellFormed();
          const from = all().length;
          await sql.begin((tx) => emitText(tx, 'plaza/person/2', clean));
          await until(() => all().length > from);
          expect(texts().slice(from)).toEqual([clean]);
        }),
        { numRuns: 30 },
      );
    });
  });
}
