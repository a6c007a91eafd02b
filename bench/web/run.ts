/**
 * What the page costs the browser: `npm run bench:web`, or a part of it: `npm run bench:web -- typing`. Prints what was
 * measured and fails when a budget is not held.
 */
import { measureMemory } from './memory.ts';
import { measureTyping } from './typing.ts';

/** One frame of a screen that shows sixty a second. */
const keyBudgetMs = 16;
/** An hour of a chat with a message a second. */
const hour = 3600;
/** Of the heap after the first tenth: what is loaded once, and what collectors leave. */
const growthBudget = 1.5;

const parts = process.argv.slice(2);
const isWanted = (part: string) => parts.length === 0 || parts.includes(part);
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

if (isWanted('typing')) {
  for (const messages of [100, 100_000]) {
    const { keys, p50, p99, worst } = await measureTyping(messages, 200);
    console.log(
      `typing, ${messages} messages in the chat: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, worst ${worst.toFixed(1)} ms of the main thread a key (${keys} keys)`,
    );
    if (p99 > keyBudgetMs) fail(`a key takes more than ${keyBudgetMs} ms`);
  }
}
if (isWanted('memory')) {
  const { messages, heap, nodes } = await measureMemory(hour);
  console.log(`memory, ${messages} messages into the open chat, and ten times elsewhere and back:`);
  console.log(`  heap  ${heap.map(mb).join(' ')}`);
  console.log(`  nodes ${nodes.join(' ')}`);
  const [, early = 0] = heap;
  if ((heap.at(-1) ?? 0) > early * growthBudget) fail('the heap grows');
}

function fail(sentence: string): void {
  console.log(`✗ ${sentence}`);
  process.exitCode = 1;
}
