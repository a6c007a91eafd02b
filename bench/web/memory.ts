import { startHouse } from './house.ts';

export interface Memory {
  /** Messages that came while the page was open. */
  messages: number;
  /** Bytes of script heap after a collection, at each tenth of the way. */
  heap: number[];
  /** Nodes of the document at the same moments. */
  nodes: number[];
}

/** What the page holds while so many messages come into the open chat, and somebody goes to another page and back now and then. */
export async function measureMemory(messages: number): Promise<Memory> {
  const house = await startHouse(500);
  try {
    const { page, post } = house;
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('HeapProfiler.enable');
    const heap: number[] = [];
    const nodes: number[] = [];
    for (let tenth = 0; tenth <= 10; tenth++) {
      if (tenth > 0) {
        for (let sent = 0; sent < messages / 10; sent += 10)
          await Promise.all(Array.from({ length: 10 }, (_, i) => post(`News ${tenth}/${sent + i}: **bold** and \`code\``)));
        await page.locator('a[href="/messages"]').first().click();
        await page.locator('textarea').first().waitFor({ state: 'detached' });
        await page.goBack();
        await page.locator('textarea').first().waitFor();
      }
      await page.waitForTimeout(1500);
      await cdp.send('HeapProfiler.collectGarbage');
      const { usedSize } = await cdp.send('Runtime.getHeapUsage');
      heap.push(usedSize);
      nodes.push((await cdp.send('Memory.getDOMCounters')).nodes);
    }
    return { messages, heap, nodes };
  } finally {
    await house.stop();
  }
}
