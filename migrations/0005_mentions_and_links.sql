-- Whom a message calls, the same words elsewhere, and the comment that answers a discussion. Null where there is nothing.
alter table messages add column mentions bigint[], add column link_channel bigint, add column link_number integer;
alter table channels add column accepted integer;

-- The calls of living messages, by whom they call; person 0 is everyone. What counts unread mentions.
create table mentions (
  person bigint not null,
  channel bigint not null,
  number integer not null,
  primary key (person, channel, number)
);
