-- Prosody as its manual advises for load: epoll, only the modules that a chat room with an archive needs, no limits,
-- guests by SASL ANONYMOUS, plain TCP. Words between at signs are filled in at the start.
data_path = "@folder@"
log = { warn = "@folder@/prosody.log" }
run_as_root = true
network_backend = "epoll"
network_settings = { tcp_backlog = 4096 }
gc = { mode = "generational" }

modules_enabled = { "saslauth" }
modules_disabled = { "s2s", "tls", "offline" }
interfaces = { "127.0.0.1" }
c2s_ports = { @port@ }
c2s_direct_tls_ports = { }
c2s_require_encryption = false

storage = "internal"
sql = { driver = "PostgreSQL", database = "plaza", username = "plaza", host = "@sockets@" }

VirtualHost "localhost"
  authentication = "anonymous"

Component "conference.localhost" "muc"
  modules_enabled = { "muc_mam" }
  storage = { muc_log = "sql" }
  muc_log_all_rooms = true
  muc_log_expires_after = "never"
  max_history_messages = 0
  muc_room_locking = false
  muc_room_default_persistent = true
  muc_room_default_presence_broadcast = { visitor = false, participant = false, moderator = false }
