import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Everything begins as a young object, to be called before anything else is. V8 otherwise makes what it often found alive an old
 * one at once: a message under way is alive whenever it looks, and gone 40 ms later. As garbage among the old ones it then kept
 * all young ones alive that it pointed to, until the next full collection: of thousands of messages a second everything grew
 * old, which cost a fifth of the process's CPU.
 */
export function beginYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

let collect: NodeJS.GCFunction | null = null;

/**
 * Collects all garbage and gives the system the room that is free then: what V8 keeps for young objects, and the holes between
 * old ones. V8 by itself keeps both for as long as a process does anything at all. Everything waits meanwhile, some 2 ms for each
 * megabyte that lives, so it is for moments at which nobody waits for anything.
 */
export async function giveBack(): Promise<void> {
  if (!collect) {
    // As Node's manual has it for `--expose-gc`, without the flag: what a new context is given is there for us alone.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
  }
  await collect?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
}
