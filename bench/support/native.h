// What the C programs of the bench share: time, memory, commands on standard input, and sockets that keep what the
// network did not take yet. native.ts starts them and speaks to them. A command is a letter, a length and that many
// bytes, numbers little-endian; answers are lines of JSON on standard output.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef struct { uint8_t *at; uint32_t length; } Bytes;

// The clock that Node's process.hrtime has too, in nanoseconds.
static inline uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

// CPU of this process so far, in microseconds.
static inline uint64_t cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000u + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static inline void *room(void *at, size_t size) {
  void *got = realloc(at, size ? size : 1);
  if (!got) {
    fprintf(stderr, "no memory\n");
    exit(1);
  }
  return got;
}

// False where there are other characters than digits of a hexadecimal number.
static inline bool hex(const uint8_t *at, int digits, uint64_t *value) {
  uint64_t v = 0;
  for (int i = 0; i < digits; i++) {
    uint8_t c = at[i];
    int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (d < 0) return false;
    v = v << 4 | d;
  }
  *value = v;
  return true;
}

// Says that something failed, and what was heard last, which may be anything.
static inline void failed(const char *why, const uint8_t *last, uint32_t length) {
  printf("{\"failed\":\"%s\",\"heard\":\"", why);
  for (uint32_t i = length > 600 ? length - 600 : 0; i < length; i++) {
    uint8_t c = last[i];
    if (c == '"' || c == '\\') printf("\\%c", c);
    else putchar(c >= 32 && c < 127 ? c : '.');
  }
  printf("\"}\n");
  fflush(stdout);
}

static inline void done(void) {
  printf("{\"done\":true}\n");
  fflush(stdout);
}

// ---------------------------------------------------------------- sockets

typedef struct {
  int fd;
  uint32_t id;  // under which events of it are told
  Bytes unsent;
  uint32_t room;
} Link;

static int poller;

static inline void watch(const Link *l, bool alsoWrites) {
  struct epoll_event e = {.events = EPOLLIN | (alsoWrites ? EPOLLOUT : 0), .data.u32 = l->id};
  epoll_ctl(poller, EPOLL_CTL_MOD, l->fd, &e);
}

// Sockets are told of by their numbers, standard input by this one.
#define COMMANDS UINT32_MAX

static inline bool begin(Link *l, int fd, uint32_t id, uint32_t events) {
  *l = (Link){.fd = fd, .id = id};
  if (fd < 0) return false;
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct epoll_event e = {.events = events, .data.u32 = id};
  return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e) == 0;
}

// Begins to connect to a port of this machine; that it may be written to tells that it is connected. One address has less
// than 28,000 ports, so four thousand sockets each have one of their own. False where it failed, with errno.
static inline bool dial(Link *l, uint32_t id, uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  if (!begin(l, fd, id, EPOLLIN | EPOLLOUT)) return false;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + id / 4000)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001)};
  if (bind(fd, (struct sockaddr *)&own, sizeof own) < 0) return false;
  return connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS;
}

// Why it did not connect; 0 where it did.
static inline int dialError(const Link *l) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

static inline void keep(Link *l, const uint8_t *at, uint32_t length) {
  if (l->unsent.length + length > l->room) l->unsent.at = room(l->unsent.at, l->room = (l->unsent.length + length) * 2);
  memcpy(l->unsent.at + l->unsent.length, at, length);
  l->unsent.length += length;
}

// Writes what the network takes and keeps the rest. Whether the other end is gone is found by reading.
static inline void putPieces(Link *l, const struct iovec *pieces, int count) {
  size_t written = 0;
  if (l->unsent.length == 0) {
    struct msghdr all = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = count};
    const int how = MSG_NOSIGNAL | MSG_DONTWAIT;
    ssize_t n = count == 1 ? send(l->fd, pieces->iov_base, pieces->iov_len, how) : sendmsg(l->fd, &all, how);
    if (n < 0 && errno != EAGAIN) return;
    if (n > 0) written = n;
  }
  for (int i = 0; i < count; i++) {
    size_t gone = written < pieces[i].iov_len ? written : pieces[i].iov_len;
    written -= gone;
    if (gone == pieces[i].iov_len) continue;
    if (l->unsent.length == 0) watch(l, true);
    keep(l, (uint8_t *)pieces[i].iov_base + gone, pieces[i].iov_len - gone);
  }
}

static inline void put(Link *l, const uint8_t *at, uint32_t length) {
  putPieces(l, &(struct iovec){(void *)at, length}, 1);
}

static inline void putMore(Link *l) {
  ssize_t n = l->unsent.length == 0 ? 0 : send(l->fd, l->unsent.at, l->unsent.length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n < 0) return;
  l->unsent.length -= n;
  memmove(l->unsent.at, l->unsent.at + n, l->unsent.length);
  if (l->unsent.length == 0) watch(l, false);
}

// ---------------------------------------------------------------- commands

// Where in a command reading stands.
static uint8_t *cursor;

static inline uint64_t number(int bytes) {
  uint64_t v = 0;
  memcpy(&v, cursor, bytes);
  cursor += bytes;
  return v;
}

// A length and that many bytes.
static inline Bytes copy(void) {
  uint32_t length = number(4);
  Bytes b = {room(NULL, length), length};
  memcpy(b.at, cursor, length);
  cursor += length;
  return b;
}

// Takes in what has come, and obeys the commands that are complete. False when there will be no more.
static inline bool takeCommands(void (*obey)(uint8_t letter)) {
  static Bytes in;
  static uint32_t size;
  if (in.length + 65536 > size) in.at = room(in.at, size = size * 2 + 131072);
  ssize_t n = read(0, in.at + in.length, size - in.length);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) return false;
  in.length += n;
  uint32_t used = 0;
  while (in.length - used >= 5) {
    uint32_t length;
    memcpy(&length, in.at + used + 1, 4);
    if (in.length - used - 5 < length) break;
    cursor = in.at + used + 5;
    obey(in.at[used]);
    used += 5 + length;
  }
  in.length -= used;
  memmove(in.at, in.at + used, in.length);
  return true;
}

static inline void start(void) {
  poller = epoll_create1(0);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = COMMANDS};
  epoll_ctl(poller, EPOLL_CTL_ADD, 0, &e);
}
