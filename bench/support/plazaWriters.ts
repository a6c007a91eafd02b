/** Plaza with groups and people who write in them, by socket, REST or GraphQL: what `source.c` sends and listens for. */
import type { Id } from '../../contracts/nouns.ts';
import type { Pool } from '../../src/engines/postgres/index.ts';
import { globalId } from '../../src/faces/graphql/ids.ts';
import { type Makers, type Member, type Plaza, startPlaza } from './plaza.ts';
import { clientFrame, plazaOpening } from './sink.ts';
import { dueHere, messageFrame, type SourceOptions, serialHere, withRoom } from './source.ts';

export type Face = 'socket' | 'rest' | 'graphql';

export interface Written {
  lost: number;
  doubled: number;
  /** Numbers of a channel that are missing. */
  gaps: number;
  /** Messages of one writer in one channel that stand in another order than they were sent in. */
  reordered: number;
}

export interface WritingPlaza extends SourceOptions {
  plaza: Plaza;
  /** Looks at what the database has of a run. @param first the number of its first message */
  check(first: number, sent: number): Promise<Written>;
}

/** Channels that each writer is in. */
const channelsOfOne = 4;

const text = `~${serialHere}.${dueHere}~ The beans are up, the snails know it already, and it has rained on us since.`;
/** What follows a key's number: with it keys are as long as those of our own client. */
export const keyTail = '-1-plazabench';

const key = `k${serialHere}${keyTail}`;

/** A person and the few groups to write in. */
export interface WritingMember extends Member {
  groups: readonly Id[];
}

/** @param channels groups. @param writers people, every one in a few of the groups */
export async function writingMembers(makers: Makers, channels: number, writers: number): Promise<WritingMember[]> {
  const members = await makers.people(writers);
  const places = members.map((_, i) =>
    Array.from({ length: Math.min(channelsOfOne, channels) }, (_, j) => (i * channelsOfOne + j) % channels),
  );
  const inside = Array.from({ length: channels }, (): Id[] => []);
  members.forEach(({ id }, i) => {
    for (const place of places[i] ?? []) inside[place]?.push(id);
  });
  const createdBy = members[0]?.id ?? '';
  const groups = await makers.channels({ count: channels, kind: 'group', createdBy, members: (i) => inside[i] ?? [] });
  return members.map((member, i) => ({ ...member, groups: (places[i] ?? []).map((place) => groups[place] ?? '') }));
}

/** The same with a connection for each writer. */
export async function startWritingPlaza(face: Face, channels: number, writers: number): Promise<WritingPlaza> {
  const plaza = await startPlaza();
  try {
    const members = await writingMembers(plaza, channels, writers);
    const port = plaza.ports[0] ?? 0;
    return {
      plaza,
      messages: members.flatMap((member) => member.groups.map((group) => message(face, port, member, group))),
      writers: members.map(({ token, groups: { length: count } }, i) => {
        return { port, opening: face === 'socket' ? plazaOpening({ port, token }) : [], messages: { first: i * count, count, start: 0 } };
      }),
      answer: '"key":"k',
      refusals: face === 'socket' ? ['"type":"error"', '"type":"bye"'] : ['HTTP/1.1 4', 'HTTP/1.1 5', '"errors":['],
      keep: {
        seconds: 30,
        send: face === 'socket' ? clientFrame('{"type":"ping"}') : Buffer.from(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`),
      },
      check: (first, sent) => check(plaza.sql, first, sent),
    };
  } catch (error) {
    await plaza.stop();
    throw error;
  }
}

function message(face: Face, port: number, { token }: Member, channel: Id): Buffer {
  if (face === 'socket') return messageFrame({ type: 'send', channel, key, body: text });
  if (face === 'rest') return request(port, `/v1/channels/${channel}/messages`, token, { key, body: text });
  const query =
    'mutation ($channel: ID!, $body: String!, $key: String) { post(channel: $channel, body: $body, key: $key) { message { number key } } }';
  return request(port, '/graphql', token, { query, variables: { channel: globalId('Channel', channel), body: text, key } });
}

function request(port: number, path: string, token: string, body: object): Buffer {
  const json = withRoom(JSON.stringify(body));
  const head = [`POST ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`, 'Content-Type: application/json'];
  return Buffer.from(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
}

/** What the database has of messages whose keys begin with `k` and their number in eight hexadecimal digits. @param first the number of the first one */
export async function check(sql: Pool, first: number, sent: number): Promise<Written> {
  const from = `k${first.toString(16).padStart(8, '0')}`;
  const [found] = await sql<[{ rows: number; different: number; gaps: number; reordered: number }]>`
    select count(*)::int as rows, count(distinct key)::int as different, (count(*) filter (where number <> number_before + 1))::int as gaps,
      (count(*) filter (where key < key_before))::int as reordered
    from (
      select key, number, lag(number) over (partition by channel order by number) as number_before,
        lag(key) over (partition by channel, author order by number) as key_before
      from messages where key >= ${from} and key < 'l'
    ) m`;
  return { lost: sent - found.different, doubled: found.rows - found.different, gaps: found.gaps, reordered: found.reordered };
}
