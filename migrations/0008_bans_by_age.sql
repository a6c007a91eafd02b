-- The newest ban first. Whole milliseconds, so that the cursor of a list names its row exactly.
alter table community_bans alter column created_at type timestamptz(3);
create index bans_by_age on community_bans (community, created_at desc, person desc);
