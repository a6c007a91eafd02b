import { createHash } from 'node:crypto';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Id, Person } from '../../../contracts/nouns.ts';
import type { Transaction } from '../../engines/postgres/index.ts';
import { cleanAbout, cleanInterests, cleanName } from './fields.ts';
import { cleanHandle } from './handle.ts';
import { type PersonRow, toPerson } from './rows.ts';

/** A person who has been here, or elsewhere, for a while. */
export interface PastPerson {
  application: Id;
  account: Id | null;
  handle: string;
  name: string;
  about: string;
  interests: readonly string[];
  createdAt: Date;
}

/** Brings people in with the past they had; answers in the same order. One query. @throws invalid_input, taken */
export async function bringInPeople(tx: Transaction, people: readonly PastPerson[]): Promise<Person[]> {
  const rows = people.map((p) => ({
    application: p.application,
    account: p.account,
    handle: cleanHandle(p.handle),
    name: cleanName(p.name),
    about: cleanAbout(p.about),
    interests: cleanInterests(p.interests),
    created_at: p.createdAt,
  }));
  const made = await tx<PersonRow[]>`
    insert into people (application, account, handle, name, about, interests, created_at)
    select application, account, handle, name, about, interests, created_at
    from jsonb_to_recordset(${tx.json(rows)}) as p (application bigint, account bigint, handle text, name text, about text, interests text[], created_at timestamptz)
    on conflict (application, lower(handle)) do nothing
    returning id, handle, name, bot, avatar`;
  const byHandle = new Map(made.map((row) => [row.handle, toPerson(row)]));
  return rows.map(({ handle }) => {
    const person = byHandle.get(handle);
    if (!person) throw new PlazaError('taken', `The handle ${handle} is taken.`, { field: 'handle' });
    return person;
  });
}

/** How somebody looks to others just now. */
export interface Looks {
  person: Id;
  status: { emoji: string; text: string } | null;
  /** A square WebP. */
  picture: Buffer | null;
}

/** Gives people their statuses and pictures. Two queries. */
export async function bringInLooks(tx: Transaction, looks: readonly Looks[]): Promise<void> {
  const rows = looks.map(({ person, status, picture }) => ({
    person,
    emoji: status?.emoji ?? '',
    text: status?.text ?? '',
    hash: picture === null ? null : createHash('sha256').update(picture).digest('hex'),
    image: picture?.toString('base64') ?? null,
  }));
  await tx`
    update people set status_emoji = l.emoji, status_text = l.text, avatar = '/avatars/' || l.hash
    from jsonb_to_recordset(${tx.json(rows)}) as l (person bigint, emoji text, text text, hash text) where id = l.person`;
  await tx`
    insert into avatars (person, hash, image)
    select person, hash, decode(image, 'base64')
    from jsonb_to_recordset(${tx.json(rows)}) as l (person bigint, hash text, image text) where hash is not null`;
}
