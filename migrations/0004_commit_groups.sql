-- The last group of changes that each lane of each server committed, written with the group: so a server finds out what
-- became of a group whose COMMIT was not answered. PostgreSQL's own memory of transactions does not tell: one that was
-- lost in a crash leaves its number to the next, and pg_xact_status() then speaks of that one.
create table commit_groups (
  lane text primary key,
  last bigint not null,
  committed_at timestamptz not null default now()
) with (fillfactor = 50);
