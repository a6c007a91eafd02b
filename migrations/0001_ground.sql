-- The ground: ids, tenants, accounts, people, communities, channels and their logs.
-- Ids are 64-bit and ordered by time: milliseconds since 2026-01-01 above 22 bits of a sequence. PostgreSQL is the only
-- maker, so there are no worker ids to lease, and a clock that goes back repeats an id only if the sequence came
-- round (4,194,304 ids) in the same millisecond; the primary keys refuse even that.
create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gin;

create sequence ids;
create function new_id() returns bigint language sql volatile as $$
  select ((extract(epoch from clock_timestamp()) * 1000)::bigint - 1767225600000) << 22 | (nextval('ids') & 4194303)
$$;

-- What a search by part of a name compares: no accents, no case. unaccent() with its dictionary named does not
-- depend on the search path, which is why it may be called immutable here and indexed.
create function fold(text) returns text language sql immutable parallel safe strict as $$
  select lower(public.unaccent('public.unaccent'::regdictionary, $1))
$$;

-- One row. The epoch changes when this database is not the continuation of what clients saw (L13).
create table installation (
  single boolean primary key default true check (single),
  epoch text not null,
  system_identifier text not null,
  timeline integer not null,
  created_at timestamptz not null default now()
);

create table applications (
  id bigint primary key default new_id(),
  name text not null,
  -- The bot that writes what comes in by the application's token.
  bot bigint,
  last_chat_number integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into applications (id, name) values (1, 'Plaza');

create table application_tokens (
  id bigint primary key default new_id(),
  application bigint not null references applications on delete cascade,
  name text not null,
  hash bytea not null unique,
  scopes text[] not null,
  expires_at timestamptz,
  used_at timestamptz,
  created_at timestamptz not null default now()
);
create index on application_tokens (application, id);

create table accounts (
  id bigint primary key default new_id(),
  application bigint not null references applications on delete cascade,
  email text not null,
  password_hash text not null,
  role text not null default 'member' check (role in ('admin', 'moderator', 'member')),
  email_verified_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index accounts_by_email on accounts (application, lower(email));

create table people (
  id bigint primary key default new_id(),
  application bigint not null references applications on delete cascade,
  account bigint unique references accounts on delete set null,
  handle text not null,
  name text not null,
  about text not null default '',
  interests text[] not null default '{}',
  avatar text,
  bot boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index people_by_handle on people (application, lower(handle));
create index people_by_name on people using gin (application, fold(name || ' ' || handle) gin_trgm_ops);
create index people_in_order on people (application, id);
alter table applications add foreign key (bot) references people on delete set null;

create table devices (
  id bigint primary key default new_id(),
  account bigint not null references accounts on delete cascade,
  client_id text,
  name text not null default '',
  address text not null default '',
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  signed_out_at timestamptz
);
create index on devices (account, id);
create unique index devices_by_client on devices (account, client_id) where client_id is not null and signed_out_at is null;

-- Every refresh token ever given and not yet expired: one that comes a second time was stolen or copied.
create table refresh_tokens (
  hash bytea primary key,
  device bigint not null references devices on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on refresh_tokens (device);
create index on refresh_tokens (expires_at);

create table one_time_codes (
  id bigint primary key default new_id(),
  account bigint not null references accounts on delete cascade,
  purpose text not null check (purpose in ('reset_password', 'verify_email')),
  hash bytea not null,
  attempts integer not null default 0,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on one_time_codes (account, purpose, id desc);

-- Failed sign-ins by account and by address, shared by all processes.
create table sign_in_failures (
  key text primary key,
  count integer not null,
  since timestamptz not null
);
create index on sign_in_failures (since);

create table signing_keys (
  id text primary key,
  public_jwk jsonb not null,
  sealed_private_jwk bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

create table communities (
  id bigint primary key default new_id(),
  application bigint not null references applications on delete cascade,
  slug text not null,
  name text not null,
  description text not null default '',
  tags text[] not null default '{}',
  visibility text not null default 'public' check (visibility in ('public', 'private')),
  official boolean not null default false,
  created_by bigint references people,
  created_at timestamptz not null default now()
);
create unique index communities_by_slug on communities (application, slug);
create index communities_by_name on communities using gin (application, fold(name) gin_trgm_ops);
create index communities_by_tag on communities using gin (application, tags);
create index communities_in_order on communities (application, id);

create table community_members (
  community bigint not null references communities on delete cascade,
  person bigint not null references people on delete cascade,
  role text not null default 'member' check (role in ('owner', 'moderator', 'member')),
  joined_at timestamptz not null default now(),
  primary key (community, person)
);
create index on community_members (person, community);
-- Owners, then moderators, then members: the words happen to sort that way downwards.
create index community_members_in_order on community_members (community, role desc, person);

create table community_invitations (
  community bigint not null references communities on delete cascade,
  person bigint not null references people on delete cascade,
  invited_by bigint not null references people on delete cascade,
  created_at timestamptz not null default now(),
  primary key (community, person)
);
create index on community_invitations (person, community);

create table community_bans (
  community bigint not null references communities on delete cascade,
  person bigint not null references people on delete cascade,
  banned_by bigint not null references people,
  reason text not null default '',
  until timestamptz,
  created_at timestamptz not null default now(),
  primary key (community, person)
);

create table channels (
  id bigint primary key default new_id(),
  application bigint not null references applications on delete cascade,
  community bigint references communities on delete cascade,
  kind text not null check (kind in ('discussion', 'chat', 'group', 'direct')),
  name text,
  topic text not null default '',
  photo text,
  tags text[] not null default '{}',
  visibility text not null check (visibility in ('public', 'private')),
  posting text not null default 'everyone' check (posting in ('everyone', 'moderators')),
  -- A direct channel's two people, smaller id first: the pair exists once.
  pair text,
  -- The chat's place in its application, for chats made by an application's token.
  chat_number integer,
  created_by bigint references people,
  -- The maker's own id for a discussion that was started: the same key gives the same discussion.
  key text,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  -- The version of the last change of this row (name, topic, …) in the channel's log.
  changed_version integer not null default 0,
  -- Discussions only, for their sort orders; kept by the log.
  active_at timestamptz,
  comments integer not null default 0,
  popularity integer not null default 0
);
create unique index channels_by_pair on channels (application, pair) where pair is not null;
create unique index channels_by_chat_number on channels (application, chat_number) where chat_number is not null;
create unique index channels_by_key on channels (created_by, key) where key is not null;
create index discussions_latest on channels (community, active_at desc, id desc) where kind = 'discussion';
create index discussions_popular on channels (community, popularity desc, id desc) where kind = 'discussion';
create index discussions_unanswered on channels (community, id desc) where kind = 'discussion' and comments = 0;
create index discussions_by_tag on channels using gin (community, tags) where kind = 'discussion';
create index discussions_by_author on channels (created_by, community, id desc) where kind = 'discussion';
create index chats_by_community on channels (community, id) where kind = 'chat';

-- Where each log ends. Apart from channels so that a post touches no index (heap-only updates).
create table channel_heads (
  channel bigint primary key references channels on delete cascade,
  number integer not null default 0,
  version integer not null default 0
) with (fillfactor = 50);

create table channel_members (
  channel bigint not null references channels on delete cascade,
  person bigint not null references people on delete cascade,
  role text not null default 'member' check (role in ('owner', 'moderator', 'member')),
  joined_at timestamptz not null default now(),
  primary key (channel, person)
);
create index on channel_members (person, channel);

-- The log. No foreign keys on the hot path: the channel's head is locked by every write, and people are never removed.
create table messages (
  channel bigint not null,
  number integer not null,
  version integer not null,
  author bigint not null,
  reply_to integer,
  key text,
  body text,
  -- [{"emoji": "👍", "count": 3}, …] in order of first use; the rows behind it are in reactions.
  reactions jsonb,
  created_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz,
  deleted_by bigint,
  pinned_at timestamptz,
  -- Words for full-text search; only in chats of applications.
  words tsvector,
  primary key (channel, number)
);
create unique index messages_by_version on messages (channel, version);
create unique index messages_by_key on messages (channel, author, key) where key is not null;
create index messages_pinned on messages (channel, pinned_at desc) where pinned_at is not null;
create index messages_by_words on messages using gin (channel, words) where words is not null;

-- What an edited message said before, oldest first by version.
create table revisions (
  channel bigint not null,
  number integer not null,
  version integer not null,
  body text not null,
  written_at timestamptz not null,
  primary key (channel, number, version)
);

create table reactions (
  channel bigint not null,
  number integer not null,
  person bigint not null,
  emoji text not null,
  created_at timestamptz not null default now(),
  primary key (channel, number, person, emoji)
);
create index reactions_by_emoji on reactions (channel, number, emoji, person);

create table read_positions (
  person bigint not null,
  channel bigint not null,
  number integer not null,
  read_at timestamptz not null default now(),
  primary key (person, channel)
) with (fillfactor = 80);
-- Without the number, so that moving a position touches no index.
create index read_positions_by_channel on read_positions (channel, person);

-- Answers kept for Idempotency-Key.
create table idempotent_answers (
  caller text not null,
  key text not null,
  request_hash bytea not null,
  status integer,
  body text,
  created_at timestamptz not null default now(),
  primary key (caller, key)
);
create index on idempotent_answers (created_at);

-- How far each durable reader of the feed has come, moved in the transaction that holds its effects.
create table feed_positions (
  reader text primary key,
  lsn pg_lsn not null,
  moved_at timestamptz not null default now()
);

-- The counters' check: what the feed has shown of each log, to be held against channel_heads.
create table channel_tallies (
  channel bigint primary key,
  number integer not null,
  version integer not null
) with (fillfactor = 50);

create publication plaza_feed;
