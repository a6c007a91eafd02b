-- What changed since a version is found among the posts by number, since their versions grow with it, and among the
-- messages that were changed later by an index of these alone: a post costs one index less.
-- The version that posted the message; null while nothing has changed it since, then that is `version`.
alter table messages add column posted_version integer;

-- Of messages that are there already the exact one is not known. Any that keeps the order of the numbers and lies
-- before the next message's serves.
update messages m set posted_version = f.next - 1
from (
  select channel, number, min(version) over (partition by channel order by number desc rows between unbounded preceding and 1 preceding) as next
  from messages
) f
where f.channel = m.channel and f.number = m.number and m.version > f.next;

drop index messages_by_version;
create unique index messages_by_change on messages (channel, version) where posted_version is not null;
