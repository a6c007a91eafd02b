import { registerHooks } from 'node:module';

interface Mend {
  /** Exactly this stands once in the driver's source. */
  is: string;
  becomes: string;
}

/**
 * What postgres.js 3.4.9 does wrong, mended as its source is read: when a connection is lost (its maintainers know of each:
 * porsager/postgres #1193, #1208, #1215, #1216), and in what it leaves to the collector of garbage; and what large groups of
 * rows need of it. This file goes when a release has it right.
 */
const mends: Record<string, Mend[]> = {
  '/postgres/src/connection.js': [
    // Written after the socket was gone: it threw from a timer, which ends the process. Now the query fails.
    {
      is: 'const x = socket.write(chunk, fn)',
      becomes: `if (!socket) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options, socket))
      return false
    }
    const x = socket.write(chunk, fn)`,
    },
    // What was to be written when the connection closed stayed in the way of the next connection's first words: it hung for good.
    {
      is: `clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)`,
      becomes: `clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)`,
    },
    {
      is: `clearImmediate(nextWriteTimer)
    if (socket) {`,
      becomes: `clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket) {`,
    },
    // A query that waited for the connection, or was written while it broke, was never answered; and whoever came next got the old connection's error.
    {
      is: `if (initial)
      return reconnect()

    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))`,
      becomes: `if (initial || query || sent.length)
      error(errorResponse || Errors.connection('CONNECTION_CLOSED', options, socket))
    query = results = errorResponse = null
    result = new Result()
    ended && (ended(), ending = ended = null)`,
    },
    // The same failure, of the query that the driver makes for itself: nobody waits for it.
    {
      is: '`], [], execute)\n    types.forEach',
      becomes: '`], [], execute).catch(() => [])\n    types.forEach',
    },
    // What is sent was made larger with each parameter and copied twice: of a group of a thousand messages 3 MB, where half of it does.
    {
      is: '    parameters.forEach((x, i) => {\n      if (x === null)',
      becomes: `    b.room(parameters.reduce((sum, x, i) => sum + 4 + lengthOf(x, types[i]), 0))

    parameters.forEach((x, i) => {
      if (x === null)`,
    },
    { is: ': Buffer.from(x)', becomes: ': x' },
    // A list for a text: its parts, one after the other. In one string a group's words are so long that V8 gives them memory of their own.
    { is: 'parameters[i] = x = type in', becomes: 'parameters[i] = x = isParts(x, type) ? x : type in' },
    { is: 'b.inc(4).str(x).i32(', becomes: ';(isParts(x, type) ? b.inc(4).parts(x) : b.inc(4).str(x)).i32(' },
    {
      is: 'const Sync =',
      becomes: `const isParts = (x, type) => type === 25 && Array.isArray(x)
const lengthOf = (x, type) => typeof x === 'string' ? x.length : isParts(x, type) ? x.reduce((sum, part) => sum + part.length, 0) : 0
const Sync =`,
    },
  ],
  '/postgres/src/bytes.js': [
    {
      is: '  i16(x) {',
      becomes: `  room(x) {
    fit(x)
    return b
  },
  parts(x) {
    for (const part of x) {
      fit(3 * part.length)
      b.i += buffer.write(part, b.i)
    }
    return b
  },
  i16(x) {`,
    },
  ],
  '/postgres/src/query.js': [
    // With two closures kept in each query, made in its constructor, V8 does not find its answer among the young objects that may
    // go: all rows of all answers grew old, and went with the next full collection. With methods they go. Measured, reading 20 rows at
    // a time: 448,000 rows in 2.5 s instead of 283,000, and 12 MB of room for young objects instead of 155.
    {
      is: `this.resolve = x => (this.active = false, resolve(x))
    this.reject = x => (this.active = false, reject(x))

    this.active`,
      becomes: `this.settle = { resolve, reject }

    this.active`,
    },
    {
      is: '  get origin() {',
      becomes: `  resolve(x) {
    this.active = false
    this.settle.resolve(x)
  }

  reject(x) {
    this.active = false
    this.settle.reject(x)
  }

  get origin() {`,
    },
  ],
  '/postgres/src/index.js': [
    // A transaction went on after its connection was lost, on the next connection, even within another's transaction. Now it fails.
    {
      is: 'new Promise((_, reject) => connection.onclose = reject)',
      becomes: `new Promise((_, reject) => connection.onclose = e => {
          gone = e
          while (queries.length) queries.shift().reject(e)
          reject(e)
        })`,
    },
    {
      is: `, connection
      , prepare = null`,
      becomes: `, connection
      , gone = null
      , prepare = null`,
    },
    {
      is: 'q.catch(e => uncaughtError || (uncaughtError = e))',
      becomes: `q.catch(e => uncaughtError || (uncaughtError = e))
        if (gone) return q.reject(gone)`,
    },
  ],
};

/** @throws if the driver's source is not the one that these mends are for */
export function mend(source: string, changes: readonly Mend[]): string {
  return changes.reduce((text, { is, becomes }) => {
    const parts = text.split(is);
    if (parts.length !== 2) throw new Error(`postgres.js is not the version that is mended here: "${is}" is not in it once.`);
    return parts.join(becomes);
  }, source);
}

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const changes = Object.entries(mends).find(([path]) => url.endsWith(path))?.[1];
    return changes && loaded.source ? { ...loaded, source: mend(loaded.source.toString(), changes) } : loaded;
  },
});
