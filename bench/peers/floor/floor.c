// What no server can do without: takes messages over sockets and writes each to the sockets of its room's readers, one
// write a socket however many came meanwhile. No disk, no questions, no other work. See floor.ts, which starts it.
//
// A reader says "join ROOM …\n" and is answered with an empty line; what it says after that is read and dropped. Any other
// first line is a writer's, as are the ones after it: "ROOM TEXT\n".
#include "native.h"

#define LISTENER (UINT32_MAX - 1)
#define CHUNK (64 * 1024)

typedef struct {
  uint32_t *readers, count, capacity;
  Bytes frames;  // of this tick
  uint32_t size;
} Room;

typedef struct {
  Link link;
  bool reads, gone;
  Bytes line;  // what came of a line that has not ended
  uint32_t lineSize;
  // Frames of this tick, one piece a room.
  struct iovec *pieces;
  uint32_t pieceCount, roomCount;
} Socket;

static Bytes before, after;  // what stands around a message's text in a frame
static Room *rooms;
static uint32_t roomTotal;
static Socket *sockets;
static uint32_t socketCount, socketSize;
static uint32_t *moved, movedCount;  // rooms with frames
static uint32_t *dirty, dirtyCount;  // sockets with pieces
static int door;

static Room *roomAt(uint32_t name) {
  if (name >= roomTotal) {
    rooms = room(rooms, (name + 1) * sizeof *rooms);
    memset(rooms + roomTotal, 0, (name + 1 - roomTotal) * sizeof *rooms);
    roomTotal = name + 1;
    moved = room(moved, roomTotal * sizeof *moved);
  }
  return &rooms[name];
}

static void join(Socket *s, const char *names) {
  char *end;
  for (;; names = end) {
    uint32_t name = strtoul(names, &end, 10);
    if (end == names) break;
    Room *r = roomAt(name);
    if (r->count == r->capacity) r->readers = room(r->readers, (r->capacity = r->capacity * 2 + 4) * sizeof *r->readers);
    r->readers[r->count++] = s->link.id;
    s->roomCount++;
  }
  s->reads = true;
  s->pieces = room(NULL, s->roomCount * sizeof *s->pieces);
  put(&s->link, (const uint8_t *)"\r\n\r\n", 4);
}

static void say(const char *line, uint32_t length) {
  char *text;
  Room *r = roomAt(strtoul(line, &text, 10));
  text++;
  uint32_t textLength = line + length - text, payload = before.length + textLength + after.length;
  if (r->count == 0) return;
  if (r->frames.length == 0) moved[movedCount++] = r - rooms;
  if (r->frames.length + payload + 4 > r->size) r->frames.at = room(r->frames.at, r->size = (r->frames.length + payload + 4) * 2);
  uint8_t *at = r->frames.at + r->frames.length;
  memcpy(at, (uint8_t[]){0x81, 126, payload >> 8, payload}, 4);
  memcpy(at + 4, before.at, before.length);
  memcpy(at + 4 + before.length, text, textLength);
  memcpy(at + 4 + before.length + textLength, after.at, after.length);
  r->frames.length += payload + 4;
}

static void flush(void) {
  for (uint32_t m = 0; m < movedCount; m++) {
    Room *r = &rooms[moved[m]];
    for (uint32_t i = 0; i < r->count; i++) {
      Socket *s = &sockets[r->readers[i]];
      if (s->gone) continue;
      if (s->pieceCount == 0) dirty[dirtyCount++] = r->readers[i];
      s->pieces[s->pieceCount++] = (struct iovec){r->frames.at, r->frames.length};
    }
  }
  for (uint32_t i = 0; i < dirtyCount; i++) {
    Socket *s = &sockets[dirty[i]];
    putPieces(&s->link, s->pieces, s->pieceCount);
    s->pieceCount = 0;
  }
  for (uint32_t m = 0; m < movedCount; m++) rooms[moved[m]].frames.length = 0;
  movedCount = dirtyCount = 0;
}

static void heard(Socket *s, const char *at, uint32_t length) {
  if (s->line.length + length > s->lineSize) s->line.at = room(s->line.at, s->lineSize = (s->line.length + length) * 2);
  memcpy(s->line.at + s->line.length, at, length);
  s->line.length += length;
  char *from = (char *)s->line.at, *end = from + s->line.length, *newline;
  while (!s->reads && (newline = memchr(from, '\n', end - from))) {
    *newline = 0;
    if (memcmp(from, "join ", 5) == 0) join(s, from + 5);
    else say(from, newline - from);
    from = newline + 1;
  }
  s->line.length = s->reads ? 0 : end - from;
  memmove(s->line.at, from, s->line.length);
}

static void ready(Socket *s, uint32_t events) {
  static char chunk[CHUNK];
  if (events & EPOLLOUT) putMore(&s->link);
  if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)) || s->gone) return;
  ssize_t n = recv(s->link.fd, chunk, CHUNK, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    s->gone = true;
    close(s->link.fd);
  } else if (!s->reads) heard(s, chunk, n);
}

static void letIn(void) {
  for (int fd; (fd = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    if (socketCount == socketSize) {
      sockets = room(sockets, (socketSize = socketSize * 2 + 1024) * sizeof *sockets);
      dirty = room(dirty, socketSize * sizeof *dirty);
    }
    Socket *s = &sockets[socketCount];
    memset(s, 0, sizeof *s);
    begin(&s->link, fd, socketCount++, EPOLLIN);
  }
}

static void obey(uint8_t letter) {
  if (letter != 'C') return;
  before = copy();
  after = copy();
  door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof own;
  if (bind(door, (struct sockaddr *)&own, size) < 0 || listen(door, 4096) < 0 || getsockname(door, (struct sockaddr *)&own, &size) < 0)
    return failed(strerror(errno), NULL, 0);
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = LISTENER};
  epoll_ctl(poller, EPOLL_CTL_ADD, door, &e);
  printf("{\"port\":%u}\n", ntohs(own.sin_port));
  fflush(stdout);
}

int main(void) {
  start();
  static struct epoll_event events[1024];
  for (;;) {
    int n = epoll_wait(poller, events, 1024, -1);
    for (int i = 0; i < n; i++) {
      uint32_t which = events[i].data.u32;
      if (which == LISTENER) letIn();
      else if (which != COMMANDS) ready(&sockets[which], events[i].events);
      else if (!takeCommands(obey)) return 0;
    }
    flush();
  }
}
