/*
 * Writing clients: many connections in one process, each with a message prepared byte by byte, sent in bursts; answers
 * are found by scanning for a pattern and the number behind it. Knows no protocol: what a connection sends to be let in,
 * what it waits for and what its messages look like is told, so that WebSockets and HTTP are the same here.
 *
 * One command a line on stdin, words parted by spaces, bytes in hexadecimal:
 *   answer PATTERN          what stands in an answer before the 8 hex digits of the message's number
 *   refused PATTERN         an answer of this kind is a refusal (may come several times)
 *   reply PATTERN BYTES     what to send when this is heard, such as a pong
 *   keep SECONDS BYTES      what to send on every connection that often, so that nobody is taken for dead
 *   message SERIALS DUES BYTES   one more message, counted from 0; where in it the number and the due time go, as offsets
 *                           with commas, or -
 *   connect PORT FROM FIRST COUNT START [SEND UNTIL]...
 *                           one more connection, from that address; it sends the COUNT messages from FIRST on in turns,
 *                           beginning START behind it; SEND and UNTIL are said and awaited before it counts as open
 *   ready                   answered when all are open
 *   closed UNDERWAY BURST WARM MEASURED   milliseconds; so many messages are under way at any time
 *   open RATE BURST WARM MEASURED         messages a second; message k is due at t0 + k / RATE, whatever was answered
 * Tells on stdout, one JSON object a line: {"ready"}, {"begin"} and {"end"} of what is measured, {"result"}, {"error"}.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define OPENING_AT_ONCE 100
#define CARRY 64
#define CHUNK (256 * 1024)

typedef struct { unsigned char *at; size_t length; } Bytes;
typedef struct { Bytes send, until; } Step;

typedef struct {
  Bytes bytes;
  int *serials, *dues;
  int serial_count, due_count;
} Message;

typedef struct {
  int fd, port, writing, open;
  char from[32];
  Step *steps;
  int count, step;
  int first_message, message_count, next_message;
  /* Of the burst that is under way. */
  int waiting;
  /* What the network did not take yet. */
  Bytes out;
  size_t room;
  /* The end of what was heard last: a pattern may be cut in two. */
  unsigned char carry[CARRY];
  size_t carried;
} Connection;

static Connection *connections;
static Message *messages;
static int message_total;
static int total, begun, opened;
static Bytes answer, refusals[8], reply_to, reply, keep;
static int refusal_kinds;
static double keep_seconds;
static uint64_t kept_at;
static int *idle, idle_head, idle_count;
static int epoll, timer, asked_ready;
static unsigned char chunk[CHUNK + CARRY];

/* Of the run. */
static enum { none, closed_loop, open_loop } mode;
static uint64_t started, measured_from, measured_to;
static double rate;
static int burst, under_way, most_under_way;
static int telling;
static uint64_t bursts_sent;
/* By number, over all runs. */
static uint32_t next_serial, first_serial;
static uint64_t *due_at;
static unsigned char *answered;
static uint32_t capacity;
static uint32_t *took;
static uint32_t took_count, took_room;
static uint64_t doubled, unknown, refused_count;
static uint64_t latest_send;
static double cpu_before;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static double cpu_micros(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void fail(const char *format, ...) {
  va_list list;
  char text[1024];
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  for (char *c = text; *c; c++)
    if (*c == '"' || *c == '\\' || (unsigned char)*c < 32 || (unsigned char)*c > 126) *c = *c == '"' ? '\'' : ' ';
  printf("{\"error\":\"%s\"}\n", text);
  fflush(stdout);
  exit(1);
}

static void *grown(void *old, size_t bytes) {
  void *made = realloc(old, bytes);
  if (!made) fail("out of memory");
  return made;
}

static Bytes unhex(const char *text) {
  Bytes b = {NULL, strcmp(text, "-") == 0 ? 0 : strlen(text) / 2};
  b.at = grown(NULL, b.length + 1);
  for (size_t i = 0; i < b.length; i++) {
    unsigned value;
    sscanf(text + 2 * i, "%2x", &value);
    b.at[i] = (unsigned char)value;
  }
  return b;
}

static int *offsets(char *text, int *count) {
  int *list = NULL;
  *count = 0;
  if (strcmp(text, "-") == 0) return list;
  for (char *rest = text; rest && *rest; rest = strchr(rest, ',') ? strchr(rest, ',') + 1 : NULL) {
    list = grown(list, sizeof(int) * (size_t)(*count + 1));
    list[(*count)++] = atoi(rest);
  }
  return list;
}

static void put_hex(unsigned char *at, uint64_t value, int digits) {
  static const char letters[] = "0123456789abcdef";
  for (int i = digits - 1; i >= 0; i--, value >>= 4) at[i] = (unsigned char)letters[value & 15];
}

static void listen_for(Connection *c, int writing) {
  struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.u32 = (uint32_t)(c - connections)};
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e) < 0) fail("epoll: %s", strerror(errno));
  c->writing = writing;
}

static void flush_out(Connection *c) {
  size_t gone = 0;
  while (gone < c->out.length) {
    ssize_t n = send(c->fd, c->out.at + gone, c->out.length - gone, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN) break;
      fail("a connection broke while writing: %s", strerror(errno));
    }
    gone += (size_t)n;
  }
  memmove(c->out.at, c->out.at + gone, c->out.length - gone);
  c->out.length -= gone;
  if ((c->out.length > 0) != c->writing) listen_for(c, c->out.length > 0);
}

static unsigned char *reserve(Connection *c, size_t length) {
  if (c->out.length + length > c->room) {
    c->room = (c->out.length + length) * 2;
    c->out.at = grown(c->out.at, c->room);
  }
  unsigned char *at = c->out.at + c->out.length;
  c->out.length += length;
  return at;
}

static void say(Connection *c, Bytes b) {
  memcpy(reserve(c, b.length), b.at, b.length);
  flush_out(c);
}

static void begin_connecting(void) {
  while (begun < total && begun - opened < OPENING_AT_ONCE) {
    Connection *c = &connections[begun++];
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) fail("socket: %s", strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(c->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->port)};
    inet_pton(AF_INET, c->from, &from.sin_addr);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind to %s: %s", c->from, strerror(errno));
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) fail("connect: %s", strerror(errno));
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.u32 = (uint32_t)(c - connections)};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &e) < 0) fail("epoll: %s", strerror(errno));
    c->writing = 1;
    if (c->count > 0) memcpy(reserve(c, c->steps[0].send.length), c->steps[0].send.at, c->steps[0].send.length);
  }
}

static void push_idle(Connection *c) {
  idle[(idle_head + idle_count++) % total] = (int)(c - connections);
}

static void told_ready(void) {
  if (!asked_ready || opened < total) return;
  asked_ready = 0;
  printf("{\"ready\":%d}\n", opened);
  fflush(stdout);
}

static void now_open(Connection *c) {
  c->open = 1;
  opened++;
  push_idle(c);
  begin_connecting();
  told_ready();
}

/* What the opening waits for was said: on to the next step. */
static void advance(Connection *c) {
  c->step++;
  c->carried = 0;
  if (c->step < c->count) say(c, c->steps[c->step].send);
  else now_open(c);
}

static void note_serial(uint32_t serial, uint64_t due) {
  if (serial >= capacity) {
    uint32_t more = capacity ? capacity * 2 : 1 << 20;
    due_at = grown(due_at, sizeof(uint64_t) * more);
    answered = grown(answered, more);
    memset(answered + capacity, 0, more - capacity);
    capacity = more;
  }
  due_at[serial] = due;
}

static void send_burst(Connection *c, uint64_t due) {
  for (int i = 0; i < burst; i++) {
    uint32_t serial = next_serial++;
    note_serial(serial, due);
    Message *m = &messages[c->first_message + c->next_message++ % c->message_count];
    unsigned char *at = reserve(c, m->bytes.length);
    memcpy(at, m->bytes.at, m->bytes.length);
    for (int s = 0; s < m->serial_count; s++) put_hex(at + m->serials[s], serial, 8);
    for (int d = 0; d < m->due_count; d++) put_hex(at + m->dues[d], due, 16);
  }
  c->waiting = burst;
  under_way += burst;
  bursts_sent++;
  flush_out(c);
}

static Connection *take_idle(void) {
  if (idle_count == 0) return NULL;
  Connection *c = &connections[idle[idle_head]];
  idle_head = (idle_head + 1) % total;
  idle_count--;
  return c;
}

/* Sends what may or must be sent now. */
static void drive(uint64_t at) {
  if (mode == none || at >= measured_to) return;
  if (mode == closed_loop) {
    Connection *c;
    while (under_way + burst <= most_under_way && (c = take_idle()) != NULL) send_burst(c, now());
    return;
  }
  for (;;) {
    uint64_t due = started + (uint64_t)((double)(bursts_sent * (uint64_t)burst) * 1e9 / rate);
    if (due > at || due >= measured_to) return;
    Connection *c = take_idle();
    if (!c) return;
    uint64_t late = now() - due;
    if (due >= measured_from && late > latest_send) latest_send = late;
    send_burst(c, due);
  }
}

static void heard_answer(Connection *c, uint32_t serial, uint64_t at) {
  if (serial < first_serial || serial >= next_serial) {
    unknown++;
    return;
  }
  if (answered[serial]) {
    doubled++;
    return;
  }
  answered[serial] = 1;
  under_way--;
  if (at >= measured_from && at < measured_to) {
    if (took_count == took_room) took = grown(took, sizeof(uint32_t) * (took_room = took_room ? took_room * 2 : 1 << 20));
    uint64_t micros = (at - due_at[serial]) / 1000;
    took[took_count++] = micros > UINT32_MAX ? UINT32_MAX : (uint32_t)micros;
  }
  if (--c->waiting == 0) push_idle(c);
}

static int is_hex(const unsigned char *at) {
  for (int i = 0; i < 8; i++)
    if (!((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f'))) return 0;
  return 1;
}

/* Looks through what came, the carried end of the last piece in front of it. */
static void heard(Connection *c, unsigned char *bytes, size_t length, uint64_t at) {
  unsigned char *end = bytes + length;
  while (!c->open) {
    Bytes until = c->steps[c->step].until;
    unsigned char *found = memmem(bytes, (size_t)(end - bytes), until.at, until.length);
    if (!found) {
      size_t left = (size_t)(end - bytes);
      c->carried = left < CARRY ? left : CARRY;
      memcpy(c->carry, end - c->carried, c->carried);
      return;
    }
    /* What it waits for next may have come along. */
    bytes = found + until.length;
    length = (size_t)(end - bytes);
    advance(c);
  }
  for (int i = 0; i < refusal_kinds; i++) {
    unsigned char *found = memmem(bytes, length, refusals[i].at, refusals[i].length);
    if (found && refused_count++ == 0) fprintf(stderr, "refused: %.*s\n", (int)(end - found > 600 ? 600 : end - found), (char *)found);
  }
  if (reply_to.length > 0 && memmem(bytes, length, reply_to.at, reply_to.length)) say(c, reply);
  unsigned char *from = bytes;
  for (;;) {
    unsigned char *found = memmem(from, (size_t)(end - from), answer.at, answer.length);
    if (!found) {
      /* Less than a pattern, so that none is found twice. */
      size_t left = (size_t)(end - from), rest = answer.length - 1;
      c->carried = left < rest ? left : rest;
      break;
    }
    if (found + answer.length + 8 > end) {
      c->carried = (size_t)(end - found);
      break;
    }
    from = found + answer.length;
    if (is_hex(from)) {
      char digits[9] = {0};
      memcpy(digits, from, 8);
      heard_answer(c, (uint32_t)strtoul(digits, NULL, 16), at);
      from += 8;
    }
  }
  memcpy(c->carry, end - c->carried, c->carried);
}

static void read_from(Connection *c) {
  memcpy(chunk, c->carry, c->carried);
  ssize_t n = recv(c->fd, chunk + c->carried, CHUNK, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    fail("a connection was closed by the server (%s) after: %.*s", n < 0 ? strerror(errno) : "end", (int)c->carried, (char *)c->carry);
  }
  size_t length = c->carried + (size_t)n;
  if (!c->open && c->step == 0 && length > 12 && memcmp(chunk, "HTTP/1.1 4", 10) == 0) fail("not let in: %.*s", (int)length, (char *)chunk);
  c->carried = 0;
  heard(c, chunk, length, now());
}

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double quantile(double q) {
  if (took_count == 0) return 0;
  uint32_t at = (uint32_t)(q * (double)took_count);
  return took[at < took_count ? at : took_count - 1] / 1000.0;
}

static void begin_run(int which, double of, int burst_of, double warm, double measured) {
  mode = which;
  rate = of;
  most_under_way = (int)of;
  burst = burst_of;
  bursts_sent = 0;
  took_count = 0;
  doubled = unknown = refused_count = latest_send = 0;
  first_serial = next_serial;
  started = now();
  measured_from = started + (uint64_t)(warm * 1e6);
  measured_to = measured_from + (uint64_t)(measured * 1e6);
  telling = 0;
}

static void end_run(void) {
  uint32_t lost = 0;
  for (uint32_t s = first_serial; s < next_serial; s++) lost += !answered[s];
  qsort(took, took_count, sizeof(uint32_t), by_size);
  double seconds = (double)(measured_to - measured_from) / 1e9;
  printf("{\"result\":{\"sent\":%u,\"first\":%u,\"perSecond\":%.1f,\"acknowledged\":%u,\"lost\":%u,\"doubled\":%llu,\"unknown\":%llu,\"refused\":%llu,"
         "\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"most\":%.3f,\"late\":%.3f,\"cpuMicros\":%.0f}}\n",
         next_serial - first_serial, first_serial, took_count / seconds, took_count, lost, (unsigned long long)doubled, (unsigned long long)unknown,
         (unsigned long long)refused_count, quantile(0.5), quantile(0.99), quantile(0.999), quantile(1), (double)latest_send / 1e6,
         cpu_before);
  fflush(stdout);
  /* What was not answered is given up, so that the next run has all connections. */
  if (lost > 0) fail("%u messages were not answered within 10 s", lost);
  mode = none;
}

static void tell(const char *what) {
  printf("{\"%s\":true}\n", what);
  fflush(stdout);
}

static void clockwork(uint64_t at) {
  if (keep.length > 0 && opened == total && (double)(at - kept_at) / 1e9 > keep_seconds) {
    kept_at = at;
    if (mode == none)
      for (int i = 0; i < total; i++) say(&connections[i], keep);
  }
  if (mode == none) return;
  if (telling == 0 && at >= measured_from) {
    telling = 1;
    cpu_before = cpu_micros();
    tell("begin");
  }
  if (telling == 1 && at >= measured_to) {
    telling = 2;
    cpu_before = cpu_micros() - cpu_before;
    tell("end");
  }
  if (telling == 2 && (under_way == 0 || at >= measured_to + 10000000000ull)) end_run();
}

static void command(char *line) {
  char *words[64], *rest = line;
  int count = 0;
  for (char *word; count < 64 && (word = strsep(&rest, " \n")) != NULL;)
    if (*word) words[count++] = word;
  if (count == 0) return;
  if (strcmp(words[0], "answer") == 0 && count == 2) answer = unhex(words[1]);
  else if (strcmp(words[0], "refused") == 0 && count == 2 && refusal_kinds < 8) refusals[refusal_kinds++] = unhex(words[1]);
  else if (strcmp(words[0], "reply") == 0 && count == 3) reply_to = unhex(words[1]), reply = unhex(words[2]);
  else if (strcmp(words[0], "keep") == 0 && count == 3) keep_seconds = atof(words[1]), keep = unhex(words[2]), kept_at = now();
  else if (strcmp(words[0], "message") == 0 && count == 4) {
    messages = grown(messages, sizeof(Message) * (size_t)(message_total + 1));
    Message *m = &messages[message_total++];
    m->serials = offsets(words[1], &m->serial_count);
    m->dues = offsets(words[2], &m->due_count);
    m->bytes = unhex(words[3]);
  } else if (strcmp(words[0], "connect") == 0 && count >= 6) {
    connections = grown(connections, sizeof(Connection) * (size_t)(total + 1));
    Connection *c = &connections[total++];
    memset(c, 0, sizeof *c);
    c->port = atoi(words[1]);
    snprintf(c->from, sizeof c->from, "%s", words[2]);
    c->first_message = atoi(words[3]);
    c->message_count = atoi(words[4]);
    c->next_message = atoi(words[5]);
    if (c->message_count < 1 || c->first_message < 0 || c->first_message + c->message_count > message_total) fail("a connection without messages");
    for (int i = 6; i + 1 < count; i += 2) {
      c->steps = grown(c->steps, sizeof(Step) * (size_t)(c->count + 1));
      c->steps[c->count++] = (Step){unhex(words[i]), unhex(words[i + 1])};
    }
  } else if (strcmp(words[0], "ready") == 0) {
    idle = grown(idle, sizeof(int) * (size_t)(total + 1));
    asked_ready = 1;
    begin_connecting();
    told_ready();
  } else if (strcmp(words[0], "closed") == 0 && count == 5)
    begin_run(closed_loop, atof(words[1]), atoi(words[2]), atof(words[3]), atof(words[4]));
  else if (strcmp(words[0], "open") == 0 && count == 5)
    begin_run(open_loop, atof(words[1]), atoi(words[2]), atof(words[3]), atof(words[4]));
  else fail("not understood: %s", words[0]);
}

static char *input;
static size_t input_length, input_room;

static void read_commands(void) {
  for (;;) {
    if (input_length + 65536 > input_room) input = grown(input, input_room = input_room * 2 + 131072);
    ssize_t n = read(0, input + input_length, 65536);
    if (n == 0) exit(0);
    if (n < 0) break;
    input_length += (size_t)n;
  }
  char *from = input, *end;
  while ((end = memchr(from, '\n', input_length - (size_t)(from - input))) != NULL) {
    *end = 0;
    command(from);
    from = end + 1;
  }
  input_length -= (size_t)(from - input);
  memmove(input, from, input_length);
}

int main(void) {
  epoll = epoll_create1(0);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  struct itimerspec every = {{0, 500000}, {0, 500000}};
  timerfd_settime(timer, 0, &every, NULL);
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &e);
  e.data.u32 = UINT32_MAX - 1;
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &e);
  for (;;) {
    struct epoll_event events[512];
    int n = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < n; i++) {
      uint32_t which = events[i].data.u32;
      if (which == UINT32_MAX) {
        uint64_t ticks;
        if (read(timer, &ticks, sizeof ticks) < 0) continue;
      } else if (which == UINT32_MAX - 1) read_commands();
      else {
        Connection *c = &connections[which];
        if (events[i].events & EPOLLOUT) {
          flush_out(c);
          if (!c->open && c->count == 0 && c->out.length == 0) now_open(c);
        }
        if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_from(c);
      }
    }
    uint64_t at = now();
    clockwork(at);
    drive(at);
  }
}
