// Many reading sockets in one process: plays an opening to each, then counts the marks in what comes (marks.h). See sink.ts,
// which starts it and speaks to it.
//
// While there is much to read it looks every half millisecond only. A latency is counted when a message is read, so that makes
// it longer by up to as much, never shorter. Measured: with 10,000 sockets the load takes half of the CPU that it takes else,
// with 1,000 about as much, most of which is the network's own acknowledgement of each read. Single messages are read at once.
#include "native.h"
#include "marks.h"

typedef struct { bool awaits; Bytes bytes; } Step;
typedef struct { Bytes on, send; } Answer;

enum { waiting, connecting, opening, open_, gone };

typedef struct {
  Link link;
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
} Socket;

#define READ (256 * 1024)
#define NAP_MICROS 500
#define MUCH 8  // sockets that were read in a millisecond
#define OPENING_PATIENCE 60000000000ull

static struct {
  bool websocket;
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

static Socket *sockets;
static uint32_t socketCount, nextToOpen, openingNow, openedNow;
static bool isOpening;
static uint64_t openedLastAt;
static uint32_t *expected;  // by channel, while a run ends
static bool isEnding;
static uint64_t endAsked, patience, expectedInAll, allSince;

// ---------------------------------------------------------------- sending

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
  put(&s->link, frame, head + length);
}

// ---------------------------------------------------------------- hearing

static void frameEnded(Socket *s) {
  if (s->opcode == 9) putFrame(s, 10, s->keep, s->kept);
  for (uint32_t i = 0; s->keeps && s->opcode == 1 && i < config.answerCount; i++) {
    Answer *a = &config.answers[i];
    if (a->on.length == s->kept && memcmp(a->on.at, s->keep, s->kept) == 0) put(&s->link, a->send.at, a->send.length);
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
  close(s->link.fd);
  s->state = gone;
  run.cut++;
  if (wasOpening) {
    openingNow--;
    if (isOpening) failed(why, s->opened.at, s->opened.length);
    isOpening = false;
  }
}

// Goes on with the opening as far as what came allows.
static void advance(Socket *s) {
  while (s->step < s->stepCount) {
    Step *step = &s->steps[s->step];
    if (!step->awaits) put(&s->link, step->bytes.at, step->bytes.length);
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
  openedLastAt = now();
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
  ssize_t n = recv(s->link.fd, start, READ, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (n <= 0) return lose(s, n == 0 ? "the server closed a socket" : strerror(errno));
  uint64_t when = now();
  run.bytes += n;
  run.reads++;
  uint8_t *from = start - s->tailLength, *end = start + n;
  memcpy(from, s->tail, s->tailLength);
  scan(s->slots, s->slotCount, from, end, when);
  s->tailLength = end - from < (ssize_t)sizeof s->tail ? end - from : (ssize_t)sizeof s->tail;
  memcpy(s->tail, end - s->tailLength, s->tailLength);
  if (!config.websocket) {
    for (uint32_t i = 0; i < config.answerCount; i++) {
      Answer *a = &config.answers[i];
      if (memmem(start, n, a->on.at, a->on.length)) put(&s->link, a->send.at, a->send.length);
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

static void come(Socket *s) {
  s->state = connecting;
  openingNow++;
  if (!dial(&s->link, s - sockets, s->port)) lose(s, strerror(errno));
}

static void openMore(uint64_t at) {
  if (!isOpening) return;
  if (openingNow == 0) openedLastAt = at;
  while (isOpening && nextToOpen < socketCount && openingNow < config.openingAtOnce && sockets[nextToOpen].startAt <= at) come(&sockets[nextToOpen++]);
  if (isOpening && nextToOpen == socketCount && openingNow == 0) {
    isOpening = false;
    printf("{\"opened\":%u}\n", openedNow);
    fflush(stdout);
  }
  if (!isOpening || at < openedLastAt + OPENING_PATIENCE) return;
  for (Socket *s = sockets; s < sockets + nextToOpen; s++)
    if (s->state == connecting || s->state == opening) return lose(s, s->state == opening ? "no answer for a minute" : "no connection for a minute");
}

static void ready(Socket *s, uint32_t events) {
  if (s->state == connecting) {
    int error = dialError(&s->link);
    if (error) return lose(s, strerror(error));
    if (!(events & EPOLLOUT)) return;
    s->state = opening;
    watch(&s->link, false);
    advance(s);
    return;
  }
  if (s->state == gone || s->state == waiting) return;
  if (events & EPOLLOUT && s->link.unsent.length) putMore(&s->link);
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
    else put(&s->link, (uint8_t *)text, length);
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
      if (s->state == open_) put(&s->link, config.every.at, config.every.length);
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
  tellRun(lost);
}

// ---------------------------------------------------------------- commands

static void forgetAll(bool cut) {
  for (uint32_t i = 0; i < socketCount; i++) {
    Socket *s = &sockets[i];
    if (s->state != gone && s->state != waiting) {
      struct linger at_once = {1, 0};
      if (cut) setsockopt(s->link.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close(s->link.fd);
    }
    for (int j = 0; j < s->slotCount; j++) free(s->slots[j].heard);
    for (int j = 0; j < s->stepCount; j++) free(s->steps[j].bytes.at);
    free(s->slots);
    free(s->steps);
    free(s->opened.at);
    free(s->link.unsent.at);
  }
  socketCount = nextToOpen = openingNow = openedNow = 0;
  isOpening = false;
  run.distinct = 0;
}

static void obey(uint8_t letter) {
  uint64_t at = now();
  switch (letter) {
    case 'C':
      config.websocket = number(1);
      sequenceBits = number(1);
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
      beginRun(at, number(8));
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
        if (sockets[i].state == open_) put(&sockets[i].link, all.at, all.length);
      free(all.at);
      return done();
    }
    case 'X':
      forgetAll(true);
      return done();
  }
}

// Every write to a socket that somebody waits on wakes the waiter. Whoever sleeps finds a hundred sockets ready at once.
static void nap(uint64_t at) {
  static uint64_t since, before;
  static bool busy;
  if (at - since >= 1000000u || run.reads < before) {
    busy = run.reads >= before + MUCH;
    since = at;
    before = run.reads;
  }
  if (busy) usleep(NAP_MICROS);
}

int main(void) {
  start();
  static struct epoll_event events[1024];
  for (;;) {
    int n = epoll_wait(poller, events, 1024, 10);
    for (int i = 0; i < n; i++) {
      if (events[i].data.u32 != COMMANDS) {
        if (events[i].data.u32 < socketCount) ready(&sockets[events[i].data.u32], events[i].events);
      } else if (!takeCommands(obey)) return 0;
    }
    uint64_t at = now();
    openMore(at);
    rounds(at);
    maybeEnd(at);
    nap(at);
  }
}
