// Writing clients: many connections in one process, each with messages prepared byte by byte, sent in bursts; answers are
// found by scanning for a pattern and the number behind it. Knows no protocol: what a connection sends to be let in, what it
// waits for and what its messages look like is told, so that WebSockets and HTTP are the same here. See source.ts, which
// starts it and speaks to it.
#include "native.h"
#include <sys/timerfd.h>

#define OPENING_AT_ONCE 100
#define CARRY 64
#define CHUNK (256 * 1024)
#define CLOCK (UINT32_MAX - 1)
#define PATIENCE 10000000000ull
#define OPENING_PATIENCE 60000000000ull

typedef struct { Bytes send, until; } Step;

typedef struct {
  Bytes bytes;
  // Where in it the message's number goes, and where the time when it is due.
  uint32_t *serials, *dues;
  uint32_t serialCount, dueCount;
} Message;

typedef struct {
  Link link;
  bool connected, open;
  uint16_t port, stepCount, step;
  Step *steps;
  uint32_t firstMessage, messageCount, nextMessage;
  uint32_t waiting;  // of the burst that is under way
  // The end of what was heard last: a pattern may be cut in two.
  uint8_t carry[CARRY];
  uint32_t carried;
} Connection;

static struct {
  Bytes answer, replyTo, reply, keep;
  uint32_t refusalCount, keepMillis;
  Bytes *refusals;
} config;

static Connection *connections;
static Message *messages;
static uint32_t messageTotal, total, begun, opened;
static uint32_t *idle, idleHead, idleCount;
static uint64_t keptAt, openedLastAt;

static struct {
  enum { none, closedLoop, openLoop } mode;
  uint64_t started, from, to;
  double rate;
  uint32_t burst, mostUnderWay, firstSerial;
  enum { warming, measuring, ending } phase;
  uint64_t bursts, doubled, unknown, refused, latest, cpu;
  uint32_t *took, tookCount, tookRoom;
} run;

// By number, over all runs.
static uint32_t nextSerial, capacity;
static int64_t underWay;
static uint8_t refusal[600];  // the first one of a run
static uint32_t refusalLength;
static uint64_t *dueAt;
static bool *answered;

static void giveUp(const char *why, const uint8_t *last, uint32_t length) {
  failed(why, last, length);
  exit(1);
}

// ---------------------------------------------------------------- opening

static void openMore(void) {
  while (begun < total && begun - opened < OPENING_AT_ONCE) {
    Connection *c = &connections[begun];
    if (!dial(&c->link, begun++, c->port)) giveUp(strerror(errno), NULL, 0);
  }
}

static void pushIdle(Connection *c) {
  idle[(idleHead + idleCount++) % total] = c - connections;
}

static Connection *takeIdle(void) {
  if (idleCount == 0) return NULL;
  Connection *c = &connections[idle[idleHead]];
  idleHead = (idleHead + 1) % total;
  idleCount--;
  return c;
}

// Says the next thing of the opening, or is open.
static void goOn(Connection *c) {
  c->carried = 0;
  if (c->step < c->stepCount) {
    Bytes said = c->steps[c->step].send;
    put(&c->link, said.at, said.length);
    return;
  }
  c->open = true;
  openedLastAt = now();
  pushIdle(c);
  if (++opened < total) return openMore();
  printf("{\"opened\":%u}\n", opened);
  fflush(stdout);
}

// ---------------------------------------------------------------- sending

static void putHex(uint8_t *at, uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; i--, value >>= 4) at[i] = "0123456789abcdef"[value & 15];
}

static void note(uint32_t serial, uint64_t due) {
  if (serial >= capacity) {
    uint32_t more = capacity ? capacity * 2 : 1 << 20;
    dueAt = room(dueAt, sizeof *dueAt * more);
    answered = room(answered, more);
    memset(answered + capacity, 0, more - capacity);
    capacity = more;
  }
  dueAt[serial] = due;
}

static void sendBurst(Connection *c, uint64_t due) {
  static uint8_t *bytes;
  static uint32_t size;
  uint32_t length = 0;
  for (uint32_t i = 0; i < run.burst; i++) {
    uint32_t serial = nextSerial++;
    note(serial, due);
    Message *m = &messages[c->firstMessage + c->nextMessage++ % c->messageCount];
    if (length + m->bytes.length > size) bytes = room(bytes, size = (length + m->bytes.length) * 2);
    uint8_t *at = bytes + length;
    memcpy(at, m->bytes.at, m->bytes.length);
    for (uint32_t s = 0; s < m->serialCount; s++) putHex(at + m->serials[s], serial, 8);
    for (uint32_t d = 0; d < m->dueCount; d++) putHex(at + m->dues[d], due, 16);
    length += m->bytes.length;
  }
  c->waiting = run.burst;
  underWay += run.burst;
  run.bursts++;
  put(&c->link, bytes, length);
}

// Sends what may or must be sent now.
static void drive(uint64_t at) {
  if (run.mode == none || at >= run.to) return;
  Connection *c;
  if (run.mode == closedLoop) {
    while (underWay + run.burst <= run.mostUnderWay && (c = takeIdle())) sendBurst(c, now());
    return;
  }
  for (;;) {
    uint64_t due = run.started + (uint64_t)((double)(run.bursts * run.burst) * 1e9 / run.rate);
    if (due > at || due >= run.to || !(c = takeIdle())) return;
    uint64_t late = now() - due;
    if (due >= run.from && late > run.latest) run.latest = late;
    sendBurst(c, due);
  }
}

// ---------------------------------------------------------------- hearing

static void heardAnswer(Connection *c, uint32_t serial, uint64_t at) {
  if (serial < run.firstSerial || serial >= nextSerial) {
    run.unknown++;
    return;
  }
  if (answered[serial]) {
    run.doubled++;
    return;
  }
  answered[serial] = true;
  underWay--;
  if (at >= run.from && at < run.to) {
    if (run.tookCount == run.tookRoom) run.took = room(run.took, sizeof *run.took * (run.tookRoom = run.tookRoom ? run.tookRoom * 2 : 1 << 20));
    uint64_t micros = (at - dueAt[serial]) / 1000;
    run.took[run.tookCount++] = micros > UINT32_MAX ? UINT32_MAX : micros;
  }
  if (--c->waiting == 0) pushIdle(c);
}

// Looks through what came, the carried end of the last piece in front of it.
static void heard(Connection *c, const uint8_t *bytes, const uint8_t *end, uint64_t at) {
  while (!c->open) {
    Bytes until = c->steps[c->step].until;
    const uint8_t *found = memmem(bytes, end - bytes, until.at, until.length);
    if (!found) {
      c->carried = end - bytes < CARRY ? end - bytes : CARRY;
      memcpy(c->carry, end - c->carried, c->carried);
      return;
    }
    // What it waits for next may have come along.
    bytes = found + until.length;
    c->step++;
    goOn(c);
  }
  for (uint32_t i = 0; i < config.refusalCount; i++) {
    const uint8_t *found = memmem(bytes, end - bytes, config.refusals[i].at, config.refusals[i].length);
    if (!found || run.refused++ > 0) continue;
    refusalLength = end - found < (ssize_t)sizeof refusal ? end - found : (ssize_t)sizeof refusal;
    memcpy(refusal, found, refusalLength);
    fprintf(stderr, "refused: %.*s\n", (int)refusalLength, refusal);
  }
  if (config.replyTo.length && memmem(bytes, end - bytes, config.replyTo.at, config.replyTo.length)) put(&c->link, config.reply.at, config.reply.length);
  Bytes answer = config.answer;
  for (;;) {
    const uint8_t *found = memmem(bytes, end - bytes, answer.at, answer.length);
    if (!found) {
      // Less than a pattern, so that none is found twice.
      c->carried = end - bytes < answer.length - 1 ? end - bytes : answer.length - 1;
      break;
    }
    if (found + answer.length + 8 > end) {
      c->carried = end - found;
      break;
    }
    bytes = found + answer.length;
    uint64_t serial;
    if (!hex(bytes, 8, &serial)) continue;
    heardAnswer(c, serial, at);
    bytes += 8;
  }
  memcpy(c->carry, end - c->carried, c->carried);
}

static void hear(Connection *c) {
  static uint8_t chunk[CARRY + CHUNK];
  memcpy(chunk, c->carry, c->carried);
  ssize_t n = recv(c->link.fd, chunk + c->carried, CHUNK, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0 && run.refused) giveUp("the server refused messages and closed a connection", refusal, refusalLength);
  if (n <= 0) giveUp(n < 0 ? strerror(errno) : "the server closed a connection", c->carry, c->carried);
  uint32_t length = c->carried + n;
  if (!c->open && c->step == 0 && length > 12 && memcmp(chunk, "HTTP/1.1 4", 10) == 0) giveUp("a connection was not let in", chunk, length);
  c->carried = 0;
  heard(c, chunk, chunk + length, now());
}

static void ready(Connection *c, uint32_t events) {
  if (!c->connected) {
    int error = dialError(&c->link);
    if (error) giveUp(strerror(error), NULL, 0);
    if (!(events & EPOLLOUT)) return;
    c->connected = true;
    watch(&c->link, false);
    goOn(c);
    return;
  }
  if (events & EPOLLOUT && c->link.unsent.length) putMore(&c->link);
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) hear(c);
}

// ---------------------------------------------------------------- runs

static int bySize(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double quantile(double share) {
  uint32_t at = share * run.tookCount;
  if (run.tookCount == 0) return 0;
  return run.took[at < run.tookCount ? at : run.tookCount - 1] / 1000.0;
}

static void endRun(void) {
  uint32_t lost = 0;
  for (uint32_t s = run.firstSerial; s < nextSerial; s++) lost += !answered[s];
  if (lost > 0) {
    char why[100];
    snprintf(why, sizeof why, "%u messages were not answered within 10 s", lost);
    giveUp(why, NULL, 0);
  }
  qsort(run.took, run.tookCount, sizeof *run.took, bySize);
  printf("{\"sent\":%u,\"first\":%u,\"perSecond\":%.1f,\"acknowledged\":%u,\"doubled\":%lu,\"unknown\":%lu,\"refused\":%lu,"
         "\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"late\":%.3f,\"cpuMicros\":%lu}\n",
         nextSerial - run.firstSerial, run.firstSerial, run.tookCount / ((run.to - run.from) / 1e9), run.tookCount, run.doubled, run.unknown, run.refused,
         quantile(0.5), quantile(0.99), quantile(0.999), run.latest / 1e6, run.cpu);
  fflush(stdout);
  run.mode = none;
}

static void clockwork(uint64_t at) {
  if (opened < total && at > openedLastAt + OPENING_PATIENCE)
    for (Connection *c = connections; c < connections + begun; c++)
      if (!c->open) giveUp("no answer for a minute", c->carry, c->carried);
  if (config.keepMillis > 0 && opened == total && at - keptAt > config.keepMillis * 1000000ull) {
    keptAt = at;
    for (uint32_t i = 0; run.mode == none && i < total; i++) put(&connections[i].link, config.keep.at, config.keep.length);
  }
  if (run.mode == none) return;
  if (run.phase == warming && at >= run.from) {
    run.phase = measuring;
    run.cpu = cpu();
    done();
  }
  if (run.phase == measuring && at >= run.to) {
    run.phase = ending;
    run.cpu = cpu() - run.cpu;
    done();
  }
  if (run.phase == ending && (underWay == 0 || at >= run.to + PATIENCE)) endRun();
}

// ---------------------------------------------------------------- commands

static uint32_t *offsets(uint32_t *count) {
  *count = number(4);
  uint32_t *list = room(NULL, *count * sizeof *list);
  for (uint32_t i = 0; i < *count; i++) list[i] = number(4);
  return list;
}

static void obey(uint8_t letter) {
  switch (letter) {
    case 'C':
      config.answer = copy();
      config.refusalCount = number(4);
      config.refusals = room(NULL, config.refusalCount * sizeof(Bytes));
      for (uint32_t i = 0; i < config.refusalCount; i++) config.refusals[i] = copy();
      config.replyTo = copy();
      config.reply = copy();
      config.keepMillis = number(4);
      config.keep = copy();
      return done();
    // Messages, and the connections that send them in turns; answered when all are open.
    case 'O':
      messageTotal = number(4);
      messages = room(NULL, messageTotal * sizeof *messages);
      for (Message *m = messages; m < messages + messageTotal; m++) {
        m->serials = offsets(&m->serialCount);
        m->dues = offsets(&m->dueCount);
        m->bytes = copy();
      }
      total = number(4);
      connections = calloc(total, sizeof *connections);
      idle = room(NULL, total * sizeof *idle);
      for (Connection *c = connections; c < connections + total; c++) {
        c->port = number(2);
        c->firstMessage = number(4);
        c->messageCount = number(4);
        c->nextMessage = number(4);
        c->stepCount = number(2);
        c->steps = room(NULL, c->stepCount * sizeof *c->steps);
        for (int i = 0; i < c->stepCount; i++) {
          c->steps[i].send = copy();
          c->steps[i].until = copy();
        }
      }
      keptAt = openedLastAt = now();
      return openMore();
    // A run, answered three times: when what is measured begins, when it ends, and with what came of it.
    case 'R':
      run.mode = number(1) ? openLoop : closedLoop;
      run.phase = warming;
      run.rate = number(4) / 1000.0;
      run.mostUnderWay = number(4);
      run.burst = number(4);
      run.started = now();
      run.from = run.started + number(4) * 1000000;
      run.to = run.from + number(4) * 1000000;
      run.firstSerial = nextSerial;
      run.tookCount = 0;
      run.bursts = run.doubled = run.unknown = run.refused = run.latest = 0;
      return;
  }
}

int main(void) {
  start();
  // Twice a millisecond, so that what is due is sent, whatever comes.
  int ticks = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec every = {{0, 500000}, {0, 500000}};
  timerfd_settime(ticks, 0, &every, NULL);
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = CLOCK};
  epoll_ctl(poller, EPOLL_CTL_ADD, ticks, &e);
  static struct epoll_event events[512];
  // In a closed loop nothing waits for less than a tick: to wake for every answer costs whoever writes it as much as the answer.
  struct timespec tick = {0, 500000};
  for (;;) {
    if (run.mode == closedLoop) nanosleep(&tick, NULL);
    int n = epoll_wait(poller, events, 512, -1);
    for (int i = 0; i < n; i++) {
      uint32_t which = events[i].data.u32;
      uint64_t passed;
      if (which == CLOCK) {
        if (read(ticks, &passed, sizeof passed) < 0) continue;
      } else if (which != COMMANDS) ready(&connections[which], events[i].events);
      else if (!takeCommands(obey)) return 0;
    }
    uint64_t at = now();
    clockwork(at);
    drive(at);
  }
}
