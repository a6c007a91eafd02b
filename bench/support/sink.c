// Many reading sockets in one process; see sink.ts, which starts it and speaks to it. Commands come on standard input
// as a letter, a length and that many bytes, answers go to standard output as lines of JSON. Numbers are little-endian.
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
#include <time.h>
#include <unistd.h>

typedef struct { uint8_t *at; uint32_t length; } Bytes;
typedef struct { bool awaits; Bytes bytes; } Step;
typedef struct { Bytes on, send; } Answer;

// What one socket has heard of one channel.
typedef struct {
  uint16_t channel;
  uint32_t next;      // 1 + the highest number heard
  uint32_t distinct;  // numbers heard, each once
  uint32_t told;      // what was last sent as read
  uint32_t capacity;  // of the bitmap, in words
  uint64_t *heard;
} Slot;

enum { waiting, connecting, opening, open_, gone };

typedef struct {
  int fd;
  uint8_t state;
  uint16_t port;
  uint64_t startAt;
  uint16_t slotCount, stepCount, step;
  Slot *slots;
  Step *steps;
  Bytes opened;        // everything that came during the opening
  uint32_t openedFrom, openedRoom;
  uint8_t tail[26];
  uint8_t tailLength;
  // The frame that is being read.
  uint8_t header[14], headerLength;
  uint64_t left;
  uint8_t opcode, keep[125], kept;
  bool keeps, framed;
  Bytes unsent;
} Socket;

#define MARK 27
#define BUCKETS 4096
#define READ (256 * 1024)

static struct {
  bool websocket;
  uint8_t sequenceBits;
  uint32_t openingAtOnce, everyMillis, answerCount;
  Bytes every;
  Answer *answers;
} config;

// How a socket says what it has read: before, channel's name, middle, number, after.
static struct {
  uint32_t everyMillis, count;
  Bytes before, middle, after;
  Bytes *names;
  uint32_t *bases;
} reading;

static struct {
  uint64_t began, from;
  uint64_t deliveries, distinct, doubled, reordered, strays, cut, bytes, reads, told;
  uint64_t most, buckets[BUCKETS];
  uint64_t cpu, lastAt;
} run;

static Socket *sockets;
static uint32_t socketCount, nextToOpen, openingNow, openedNow;
static bool isOpening;
static int poller;
static uint32_t *expected;  // by channel, while a run ends
static bool isEnding;
static uint64_t endAsked, patience, expectedInAll, allSince;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

static uint64_t cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000u + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static void *room(void *at, size_t size) {
  void *got = realloc(at, size ? size : 1);
  if (!got) {
    fprintf(stderr, "sink: no memory\n");
    exit(1);
  }
  return got;
}

static void fail(const char *why, const Socket *s) {
  printf("{\"failed\":\"%s\",\"heard\":\"", why);
  uint32_t from = s->opened.length > 400 ? s->opened.length - 400 : 0;
  for (uint32_t i = from; i < s->opened.length; i++) {
    uint8_t c = s->opened.at[i];
    if (c == '"' || c == '\\') printf("\\%c", c);
    else if (c >= 32 && c < 127) putchar(c);
    else putchar('.');
  }
  printf("\"}\n");
  fflush(stdout);
}

// ---------------------------------------------------------------- sending

static void watch(Socket *s, bool alsoWrites) {
  struct epoll_event e = {.events = EPOLLIN | (alsoWrites ? EPOLLOUT : 0), .data.u32 = (uint32_t)(s - sockets)};
  epoll_ctl(poller, EPOLL_CTL_MOD, s->fd, &e);
}

static void put(Socket *s, const uint8_t *at, uint32_t length) {
  if (s->unsent.length == 0) {
    ssize_t n = send(s->fd, at, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n == (ssize_t)length) return;
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return;  // reading will find the same
    if (n > 0) { at += n; length -= n; }
    watch(s, true);
  }
  s->unsent.at = room(s->unsent.at, s->unsent.length + length);
  memcpy(s->unsent.at + s->unsent.length, at, length);
  s->unsent.length += length;
}

static void putMore(Socket *s) {
  ssize_t n = send(s->fd, s->unsent.at, s->unsent.length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n <= 0) return;
  s->unsent.length -= n;
  memmove(s->unsent.at, s->unsent.at + n, s->unsent.length);
  if (s->unsent.length == 0) watch(s, false);
}

// A frame of the client; the mask is all zeros, which leaves the bytes as they are.
static void putFrame(Socket *s, uint8_t opcode, const uint8_t *at, uint32_t length) {
  uint8_t frame[1024] = {0x80 | opcode, 0x80 | length};
  uint32_t head = 6;
  if (length > 125) {
    frame[1] = 0x80 | 126;
    frame[2] = length >> 8;
    frame[3] = length;
    head = 8;
  }
  if (length > sizeof frame - 8) return;
  memset(frame + head - 4, 0, 4);
  memcpy(frame + head, at, length);
  put(s, frame, head + length);
}

// ---------------------------------------------------------------- hearing

static int hex(const uint8_t *at, int digits, uint64_t *value) {
  uint64_t v = 0;
  for (int i = 0; i < digits; i++) {
    uint8_t c = at[i];
    int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (d < 0) return 0;
    v = v << 4 | d;
  }
  *value = v;
  return 1;
}

static uint32_t bucketOf(uint64_t micros) {
  if (micros < 64) return micros;
  int e = 57 - __builtin_clzll(micros);
  uint32_t i = (e << 6) + (micros >> e);
  return i < BUCKETS ? i : BUCKETS - 1;
}

static void heard(Socket *s, uint64_t k, uint64_t due, uint64_t at) {
  if (due < run.began) return;
  uint16_t channel = config.sequenceBits >= 32 ? 0 : k >> config.sequenceBits;
  uint32_t number = config.sequenceBits >= 32 ? k : k & ((1u << config.sequenceBits) - 1);
  Slot *slot = NULL;
  for (int i = 0; i < s->slotCount; i++) {
    if (s->slots[i].channel == channel) {
      slot = &s->slots[i];
      break;
    }
  }
  run.deliveries++;
  if (!slot) {
    run.strays++;
    return;
  }
  uint32_t word = number >> 6;
  if (word >= slot->capacity) {
    uint32_t capacity = word + word / 2 + 4;
    slot->heard = room(slot->heard, capacity * 8);
    memset(slot->heard + slot->capacity, 0, (capacity - slot->capacity) * 8);
    slot->capacity = capacity;
  }
  uint64_t bit = 1ull << (number & 63);
  if (slot->heard[word] & bit) {
    run.doubled++;
    return;
  }
  slot->heard[word] |= bit;
  slot->distinct++;
  run.distinct++;
  run.lastAt = at;
  if (number + 1 < slot->next) run.reordered++;
  else slot->next = number + 1;
  if (due < run.from) return;
  uint64_t took = at > due ? at - due : 0;
  if (took > run.most) run.most = took;
  run.buckets[bucketOf(took / 1000)]++;
}

static void scan(Socket *s, const uint8_t *at, const uint8_t *end, uint64_t when) {
  while (end - at >= MARK && (at = memchr(at, '~', end - at - (MARK - 1)))) {
    uint64_t k, due;
    if (at[9] == '.' && at[26] == '~' && hex(at + 1, 8, &k) && hex(at + 10, 16, &due)) {
      heard(s, k, due, when);
      at += MARK;
    } else at++;
  }
}

static void frameEnded(Socket *s) {
  if (s->opcode == 9) putFrame(s, 10, s->keep, s->kept);
  for (uint32_t i = 0; s->keeps && s->opcode == 1 && i < config.answerCount; i++) {
    Answer *a = &config.answers[i];
    if (a->on.length == s->kept && memcmp(a->on.at, s->keep, s->kept) == 0) put(s, a->send.at, a->send.length);
  }
  s->headerLength = 0;
}

// Walks over the frames without looking into any but short ones.
static void frames(Socket *s, const uint8_t *at, const uint8_t *end) {
  while (at < end) {
    if (s->left > 0) {
      uint64_t n = (uint64_t)(end - at) < s->left ? (uint64_t)(end - at) : s->left;
      if (s->keeps) {
        memcpy(s->keep + s->kept, at, n);
        s->kept += n;
      }
      s->left -= n;
      at += n;
      if (s->left == 0) frameEnded(s);
      continue;
    }
    s->header[s->headerLength++] = *at++;
    if (s->headerLength < 2) continue;
    uint8_t length = s->header[1] & 127;
    int want = length == 126 ? 4 : length == 127 ? 10 : 2;
    if (s->headerLength < want) continue;
    s->opcode = s->header[0] & 15;
    s->left = length;
    if (want > 2) {
      s->left = 0;
      for (int i = 2; i < want; i++) s->left = s->left << 8 | s->header[i];
    }
    s->keeps = s->left <= sizeof s->keep;
    s->kept = 0;
    if (s->left == 0) frameEnded(s);
  }
}

static void lose(Socket *s, const char *why) {
  if (s->state == gone) return;
  bool wasOpening = s->state == connecting || s->state == opening;
  close(s->fd);
  s->state = gone;
  run.cut++;
  if (wasOpening) {
    openingNow--;
    if (isOpening) fail(why, s);
    isOpening = false;
  }
}

// Goes on with the opening as far as what came allows.
static void advance(Socket *s) {
  while (s->step < s->stepCount) {
    Step *step = &s->steps[s->step];
    if (!step->awaits) put(s, step->bytes.at, step->bytes.length);
    else {
      if (s->opened.length <= s->openedFrom) return;
      uint8_t *found = memmem(s->opened.at + s->openedFrom, s->opened.length - s->openedFrom, step->bytes.at, step->bytes.length);
      if (!found) return;
      s->openedFrom = found - s->opened.at + step->bytes.length;
      // What comes after the answer to the upgrade is frames.
      if (config.websocket && !s->framed && step->bytes.length == 4 && memcmp(step->bytes.at, "\r\n\r\n", 4) == 0) {
        s->framed = true;
        frames(s, s->opened.at + s->openedFrom, s->opened.at + s->opened.length);
      }
    }
    s->step++;
  }
  s->state = open_;
  openingNow--;
  openedNow++;
  free(s->opened.at);
  s->opened = (Bytes){0};
  for (int i = 0; i < s->stepCount; i++) free(s->steps[i].bytes.at);
  free(s->steps);
  s->steps = NULL;
  s->stepCount = 0;
}

static void hear(Socket *s) {
  static uint8_t buffer[sizeof s->tail + READ];
  uint8_t *start = buffer + sizeof s->tail;
  ssize_t n = recv(s->fd, start, READ, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (n <= 0) return lose(s, n == 0 ? "the server closed a socket" : strerror(errno));
  uint64_t when = now();
  run.bytes += n;
  run.reads++;
  uint8_t *from = start - s->tailLength, *end = start + n;
  memcpy(from, s->tail, s->tailLength);
  scan(s, from, end, when);
  s->tailLength = end - from < (ssize_t)sizeof s->tail ? end - from : (ssize_t)sizeof s->tail;
  memcpy(s->tail, end - s->tailLength, s->tailLength);
  if (!config.websocket) {
    for (uint32_t i = 0; i < config.answerCount; i++) {
      Answer *a = &config.answers[i];
      if (memmem(start, n, a->on.at, a->on.length)) put(s, a->send.at, a->send.length);
    }
  } else if (s->framed) frames(s, start, end);
  if (s->state != opening) return;
  if (s->opened.length + n > s->openedRoom) {
    s->openedRoom = s->opened.length + n + 16384;
    s->opened.at = room(s->opened.at, s->openedRoom);
  }
  memcpy(s->opened.at + s->opened.length, start, n);
  s->opened.length += n;
  advance(s);
}

// ---------------------------------------------------------------- opening

static void dial(Socket *s) {
  s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (s->fd < 0) return lose(s, strerror(errno));
  int one = 1;
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + (uint32_t)(s - sockets) / 4000)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(s->port), .sin_addr.s_addr = htonl(0x7f000001)};
  s->state = connecting;
  openingNow++;
  if (bind(s->fd, (struct sockaddr *)&own, sizeof own) < 0) return lose(s, strerror(errno));
  if (connect(s->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) return lose(s, strerror(errno));
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.u32 = (uint32_t)(s - sockets)};
  epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &e);
}

static void openMore(uint64_t at) {
  while (isOpening && nextToOpen < socketCount && openingNow < config.openingAtOnce && sockets[nextToOpen].startAt <= at) dial(&sockets[nextToOpen++]);
  if (isOpening && nextToOpen == socketCount && openingNow == 0) {
    isOpening = false;
    printf("{\"opened\":%u}\n", openedNow);
    fflush(stdout);
  }
}

static void ready(Socket *s, uint32_t events) {
  if (s->state == connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return lose(s, strerror(error));
    if (!(events & EPOLLOUT)) return;
    s->state = opening;
    watch(s, false);
    advance(s);
    return;
  }
  if (s->state == gone || s->state == waiting) return;
  if (events & EPOLLOUT && s->unsent.length) putMore(s);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) hear(s);
}

// ---------------------------------------------------------------- now and then

static void tell(Socket *s) {
  for (int i = 0; i < s->slotCount; i++) {
    Slot *slot = &s->slots[i];
    if (slot->next <= slot->told || slot->channel >= reading.count) continue;
    char text[400];
    Bytes name = reading.names[slot->channel];
    int length = snprintf(text, sizeof text, "%.*s%.*s%.*s%u%.*s", (int)reading.before.length, reading.before.at, (int)name.length, name.at,
                          (int)reading.middle.length, reading.middle.at, reading.bases[slot->channel] + slot->next, (int)reading.after.length,
                          reading.after.at);
    slot->told = slot->next;
    run.told++;
    if (config.websocket) putFrame(s, 1, (uint8_t *)text, length);
    else put(s, (uint8_t *)text, length);
    return;
  }
}

// The share of the sockets whose turn it is, so that all come by once in the time.
static void rounds(uint64_t at) {
  static uint64_t last;
  static double everyAt, tellAt;
  if (last == 0 || at - last > 1000000000u) last = at;
  double millis = (at - last) / 1e6;
  if (millis < 10 || socketCount == 0) return;
  last = at;
  if (config.everyMillis)
    for (everyAt += millis * socketCount / config.everyMillis; everyAt >= 1; everyAt -= 1) {
      static uint32_t i;
      Socket *s = &sockets[i++ % socketCount];
      if (s->state == open_) put(s, config.every.at, config.every.length);
    }
  if (reading.everyMillis)
    for (tellAt += millis * socketCount / reading.everyMillis; tellAt >= 1; tellAt -= 1) {
      static uint32_t i;
      Socket *s = &sockets[i++ % socketCount];
      if (s->state == open_) tell(s);
    }
}

static void maybeEnd(uint64_t at) {
  if (!isEnding) return;
  if (run.distinct < expectedInAll) allSince = 0;
  else if (!allSince) allSince = at;
  // What comes twice may come late.
  uint64_t newest = run.lastAt > endAsked ? run.lastAt : endAsked;
  if (at - newest < patience && !(allSince && at - allSince > 50000000u)) return;
  isEnding = false;
  uint64_t lost = 0;
  for (uint32_t i = 0; i < socketCount; i++)
    for (int j = 0; j < sockets[i].slotCount; j++) {
      Slot *slot = &sockets[i].slots[j];
      if (expected[slot->channel] > slot->distinct) lost += expected[slot->channel] - slot->distinct;
    }
  printf("{\"deliveries\":%lu,\"lost\":%lu,\"doubled\":%lu,\"reordered\":%lu,\"strays\":%lu,\"cut\":%lu,\"bytes\":%lu,\"reads\":%lu,\"told\":%lu,"
         "\"cpuMicros\":%lu,\"lastAt\":\"%lu\",\"most\":%lu,\"buckets\":[",
         run.deliveries, lost, run.doubled, run.reordered, run.strays, run.cut, run.bytes, run.reads, run.told, cpu() - run.cpu, run.lastAt, run.most);
  bool first = true;
  for (uint32_t i = 0; i < BUCKETS; i++)
    if (run.buckets[i]) {
      printf("%s[%u,%lu]", first ? "" : ",", i, run.buckets[i]);
      first = false;
    }
  printf("]}\n");
  fflush(stdout);
}

// ---------------------------------------------------------------- commands

static uint8_t *cursor;
static uint64_t number(int bytes) {
  uint64_t v = 0;
  memcpy(&v, cursor, bytes);
  cursor += bytes;
  return v;
}
static Bytes copy(void) {
  uint32_t length = number(4);
  Bytes b = {room(NULL, length), length};
  memcpy(b.at, cursor, length);
  cursor += length;
  return b;
}

static void done(void) {
  printf("{\"done\":true}\n");
  fflush(stdout);
}

static void forgetAll(bool cut) {
  for (uint32_t i = 0; i < socketCount; i++) {
    Socket *s = &sockets[i];
    if (s->state != gone && s->state != waiting) {
      struct linger at_once = {1, 0};
      if (cut) setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close(s->fd);
    }
    for (int j = 0; j < s->slotCount; j++) free(s->slots[j].heard);
    for (int j = 0; j < s->stepCount; j++) free(s->steps[j].bytes.at);
    free(s->slots);
    free(s->steps);
    free(s->opened.at);
    free(s->unsent.at);
  }
  socketCount = nextToOpen = openingNow = openedNow = 0;
  isOpening = false;
  run.distinct = 0;
}

static void obey(uint8_t letter, uint8_t *payload) {
  cursor = payload;
  uint64_t at = now();
  switch (letter) {
    case 'C':
      config.websocket = number(1);
      config.sequenceBits = number(1);
      config.openingAtOnce = number(4);
      config.everyMillis = number(4);
      config.every = copy();
      config.answerCount = number(4);
      config.answers = room(NULL, config.answerCount * sizeof(Answer));
      for (uint32_t i = 0; i < config.answerCount; i++) {
        config.answers[i].on = copy();
        config.answers[i].send = copy();
      }
      return done();
    case 'O': {
      uint32_t more = number(4);
      sockets = room(sockets, (socketCount + more) * sizeof(Socket));
      memset(sockets + socketCount, 0, more * sizeof(Socket));
      for (Socket *s = sockets + socketCount; s < sockets + socketCount + more; s++) {
        s->port = number(2);
        s->startAt = at + number(4) * 1000000u;
        s->slotCount = number(2);
        s->slots = calloc(s->slotCount, sizeof(Slot));
        for (int i = 0; i < s->slotCount; i++) s->slots[i].channel = number(2);
        s->stepCount = number(2);
        s->steps = room(NULL, s->stepCount * sizeof(Step));
        for (int i = 0; i < s->stepCount; i++) {
          s->steps[i].awaits = number(1);
          s->steps[i].bytes = copy();
        }
      }
      socketCount += more;
      isOpening = true;
      return;
    }
    case 'B':
      memset(&run, 0, sizeof run);
      run.began = at;
      run.from = number(8);
      run.cpu = cpu();
      for (uint32_t i = 0; i < socketCount; i++)
        for (int j = 0; j < sockets[i].slotCount; j++) {
          Slot *slot = &sockets[i].slots[j];
          free(slot->heard);
          *slot = (Slot){.channel = slot->channel};
        }
      return done();
    case 'E': {
      endAsked = at;
      patience = number(4) * 1000000u;
      free(expected);
      expected = calloc(65536, sizeof *expected);
      uint32_t count = number(4);
      for (uint32_t i = 0; i < count; i++) {
        uint16_t channel = number(2);
        expected[channel] = number(4);
      }
      expectedInAll = 0;
      for (uint32_t i = 0; i < socketCount; i++)
        for (int j = 0; j < sockets[i].slotCount; j++) expectedInAll += expected[sockets[i].slots[j].channel];
      allSince = 0;
      isEnding = true;
      return;
    }
    case 'R':
      reading.everyMillis = number(4);
      reading.before = copy();
      reading.middle = copy();
      reading.after = copy();
      reading.count = number(4);
      reading.names = room(NULL, reading.count * sizeof(Bytes));
      reading.bases = room(NULL, reading.count * sizeof(uint32_t));
      for (uint32_t i = 0; i < reading.count; i++) {
        reading.names[i] = copy();
        reading.bases[i] = number(4);
      }
      return done();
    case 'A': {
      Bytes all = copy();
      for (uint32_t i = 0; i < socketCount; i++)
        if (sockets[i].state == open_) put(&sockets[i], all.at, all.length);
      free(all.at);
      return done();
    }
    case 'X':
      forgetAll(true);
      return done();
  }
}

// Takes in what has come on standard input, and obeys the commands that are complete.
static bool listen_(void) {
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
    obey(in.at[used], in.at + used + 5);
    used += 5 + length;
  }
  in.length -= used;
  memmove(in.at, in.at + used, in.length);
  return true;
}

int main(void) {
  poller = epoll_create1(0);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  struct epoll_event in = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(poller, EPOLL_CTL_ADD, 0, &in);
  static struct epoll_event events[1024];
  for (;;) {
    int n = epoll_wait(poller, events, 1024, 10);
    for (int i = 0; i < n; i++) {
      if (events[i].data.u32 != UINT32_MAX) {
        if (events[i].data.u32 < socketCount) ready(&sockets[events[i].data.u32], events[i].events);
      } else if (!listen_()) return 0;
    }
    uint64_t at = now();
    openMore(at);
    rounds(at);
    maybeEnd(at);
  }
}
