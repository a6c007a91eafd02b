// Marks in a stream of bytes, `~<k: 8 hex>.<due: 16 hex>~` (openLoop.ts makes them): which came, in which order, how late.

// What one socket has heard of one channel.
typedef struct {
  uint16_t channel;
  uint32_t next;      // 1 + the highest number heard
  uint32_t distinct;  // numbers heard, each once
  uint32_t told;      // what was last sent as read
  uint32_t capacity;  // of the bitmap, in words
  uint64_t *heard;
} Slot;

#define MARK 27
#define BUCKETS 4096

// Of k, how many are a message's number in its channel; the others are the channel's.
static uint8_t sequenceBits;

static struct {
  uint64_t began, from;
  uint64_t deliveries, distinct, doubled, reordered, strays, cut, bytes, reads, told;
  uint64_t most, buckets[BUCKETS];
  uint64_t cpu, lastAt;
} run;

// 64 to an octave, so that a bucket is 1.6 % wide.
static uint32_t bucketOf(uint64_t micros) {
  if (micros < 64) return micros;
  int e = 57 - __builtin_clzll(micros);
  uint32_t i = (e << 6) + (micros >> e);
  return i < BUCKETS ? i : BUCKETS - 1;
}

static void heard(Slot *slots, int count, uint64_t k, uint64_t due, uint64_t at) {
  if (due < run.began) return;
  uint16_t channel = sequenceBits >= 32 ? 0 : k >> sequenceBits;
  uint32_t number = sequenceBits >= 32 ? k : k & ((1u << sequenceBits) - 1);
  Slot *slot = NULL;
  for (int i = 0; i < count && !slot; i++)
    if (slots[i].channel == channel) slot = &slots[i];
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

static void scan(Slot *slots, int count, const uint8_t *at, const uint8_t *end, uint64_t when) {
  while (end - at >= MARK && (at = memchr(at, '~', end - at - (MARK - 1)))) {
    uint64_t k, due;
    if (at[9] == '.' && at[26] == '~' && hex(at + 1, 8, &k) && hex(at + 10, 16, &due)) {
      heard(slots, count, k, due, when);
      at += MARK;
    } else at++;
  }
}

static void beginRun(uint64_t began, uint64_t from) {
  memset(&run, 0, sizeof run);
  run.began = began;
  run.from = from;
  run.cpu = cpu();
}

static void tellRun(uint64_t lost) {
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
