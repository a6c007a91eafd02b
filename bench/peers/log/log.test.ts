import { expect, test } from 'vitest';
import { logAlone } from './log.ts';

test('the log alone takes messages in both loops, and each is in the database once and in order', async () => {
  const subject = await logAlone.start({ channels: 8, writers: 6, underWay: 32, burst: 8, logFiles: 16, seconds: 0.3 });
  try {
    const figures = await subject.run();
    expect(figures).toMatchObject({ lost: 0, doubled: 0, reordered: 0 });
    for (const key of ['perSecond', 'cpu', 'p50', 'p99']) expect(figures[key]).toBeGreaterThan(0);
  } finally {
    await subject.stop();
  }
});
