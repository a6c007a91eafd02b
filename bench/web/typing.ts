import { quantile } from '../quantile.ts';
import { startHouse } from './house.ts';

export interface Typing {
  messages: number;
  keys: number;
  /** Milliseconds of the page's main thread for one key: script, style, layout, paint, by the browser's own tracing. */
  p50: number;
  p99: number;
  worst: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  tid: number;
  args?: { data?: { type?: string } };
}

/** Keys so far apart that the work of one is over before the next. */
const apartMs = 60;

/** What a key costs in a chat of so many messages, read a while first so that much of it is loaded. */
export async function measureTyping(messages: number, keys: number): Promise<Typing> {
  const house = await startHouse(messages);
  try {
    const { page } = house;
    await page.mouse.move(640, 300);
    for (let turn = 0; turn < 40; turn++) {
      await page.mouse.wheel(0, -2500);
      await page.waitForTimeout(40);
    }
    await page.goto(`${house.base}${house.path}`);
    const box = page.locator('textarea').first();
    await box.click();
    await page.waitForTimeout(1000);

    const cdp = await page.context().newCDPSession(page);
    const events: TraceEvent[] = [];
    cdp.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
    await cdp.send('Tracing.start', {
      traceConfig: { includedCategories: ['devtools.timeline', 'toplevel'] },
      transferMode: 'ReportEvents',
    });
    for (let key = 0; key < keys; key++) {
      await page.keyboard.press('abcdefghij klmnop'[key % 17] ?? 'a');
      await page.waitForTimeout(apartMs);
    }
    const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()));
    await cdp.send('Tracing.end');
    await complete;
    const costs = costOfKeys(events);
    return { messages, keys: costs.length, p50: quantile(costs, 0.5), p99: quantile(costs, 0.99), worst: quantile(costs, 1) };
  } finally {
    await house.stop();
  }
}

/** All tasks of the main thread from one keydown to the next. A key's cost is their sum, not only its event handlers. */
function costOfKeys(events: readonly TraceEvent[]): number[] {
  const downs = events
    .filter((event) => event.name === 'EventDispatch' && event.args?.data?.type === 'keydown')
    .sort((a, b) => a.ts - b.ts);
  const thread = downs[0]?.tid;
  const tasks = events.filter((event) => event.ph === 'X' && event.tid === thread && /RunTask$/.test(event.name));
  return downs.map(({ ts }, place) => {
    const until = Math.min(downs[place + 1]?.ts ?? Number.POSITIVE_INFINITY, ts + apartMs * 1000);
    // The task that the keydown is dispatched in began before it.
    const own = tasks.filter((task) => task.ts + (task.dur ?? 0) > ts && task.ts < until);
    return own.reduce((sum, task) => sum + (task.dur ?? 0), 0) / 1000;
  });
}
