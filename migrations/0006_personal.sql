-- What is a person's own: what was begun to write, what was marked to find again, a picture, a word about the present.

-- At most 500 a person; a place is a channel, or a community for a new discussion there.
create table drafts (
  person bigint not null references people on delete cascade,
  place bigint not null,
  title text not null default '',
  body text not null default '',
  reply_to integer,
  -- In whole milliseconds, so that a cursor names its row exactly.
  updated_at timestamptz not null,
  primary key (person, place)
);
create index drafts_by_time on drafts (person, updated_at desc, place desc);

-- At most 10,000 a person; the id gives the order.
create table bookmarks (
  person bigint not null references people on delete cascade,
  channel bigint not null,
  number integer not null,
  id bigint not null default new_id(),
  created_at timestamptz not null default now(),
  primary key (person, channel, number)
);
create unique index bookmarks_in_order on bookmarks (person, id);

alter table people
  add column status_emoji text not null default '',
  add column status_text text not null default '',
  add column status_until timestamptz;

-- A person's picture, 256 × 256 WebP, named by the SHA-256 of its bytes; the same for every process of a Plaza.
create table avatars (
  person bigint primary key references people on delete cascade,
  hash text not null,
  image bytea not null
);
create index avatars_by_hash on avatars (hash);
-- WebP does not get smaller by being compressed again.
alter table avatars alter column image set storage external;

-- From now on `people.avatar` is the path of such a picture. Addresses elsewhere would tell others who looks at whom.
update people set avatar = null where avatar is not null;
