-- What was done by those who keep order, and why: written in the transaction of the change itself. No foreign keys but to
-- what it is listed by: deletions are written by the log's commit groups, and people and channels are never removed.
create table moderation_actions (
  id bigint primary key default new_id(),
  application bigint not null references applications on delete cascade,
  -- Null for what was done in a group or in an application's chat.
  community bigint references communities on delete cascade,
  channel bigint,
  number integer,
  person bigint,
  by bigint not null,
  -- One of `moderationKinds`; the code may learn more of them without a migration.
  kind text not null,
  -- The new one, where a role was given.
  role text,
  reason text not null default '',
  created_at timestamptz not null default now()
);
create index moderation_by_community on moderation_actions (community, id desc) where community is not null;

-- Whether the place has an admin yet is asked by everybody who opens it.
create index accounts_admins on accounts (application) where role = 'admin';
