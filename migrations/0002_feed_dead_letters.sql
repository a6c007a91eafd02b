-- Transactions that a durable reader of the feed could never handle: kept, counted and passed over. To be read by
-- people; a row is removed by hand once it has been dealt with.
create table feed_dead_letters (
  reader text not null,
  -- Where the log goes on behind the transaction, and the event's place in it.
  lsn pg_lsn not null,
  place integer not null,
  prefix text not null,
  content bytea not null,
  error text not null,
  buried_at timestamptz not null default now(),
  primary key (reader, lsn, place)
);
