import { setTimeout as sleep } from 'node:timers/promises';
import { startPlaza } from '../support/plaza.ts';
import { meter } from '../support/processes.ts';
import { buildTown } from '../support/town.ts';
import type { Contender, Options, Work } from '../support/work.ts';

/** The first time all come in peace, 500 a second. */
const millisEach = 2;
const patienceMs = 20_000;

const plaza: Contender = {
  about: 'Plaza',
  async start(options: Options) {
    const { people = 0, processes = 1, missed = 50, jitter = 250 } = options;
    const servers = await startPlaza({ processes });
    const { crowd, post } = await buildTown(servers, people, 1);
    let next = 1;
    /** Messages that everybody is to get. */
    const posted = async (count: number) => {
      await crowd.expect(next, count);
      await post(next, count);
      next += count;
    };
    await crowd.come(people * millisEach);
    return {
      async run() {
        const { again: before } = await crowd.count();
        await crowd.cut();
        await posted(missed);
        const cpu = meter(servers.pids);
        const loaders = crowd.meter();
        const { liveMs } = await crowd.come(jitter);
        const [micros, loadMicros] = [cpu(), loaders()];
        // Who is live hears what is said now.
        await posted(1);
        const until = performance.now() + patienceMs;
        let counted = await crowd.count();
        while (counted.lost > 0 && performance.now() < until) {
          await sleep(100);
          counted = await crowd.count();
        }
        return {
          half: liveMs.half / 1000,
          most: liveMs.most / 1000,
          all: liveMs.all / 1000,
          again: counted.again - before,
          cpu: micros / people,
          loaders: loadMicros / people,
          lost: counted.lost,
          doubled: counted.doubled,
          reordered: counted.reordered,
        };
      },
      async stop() {
        await crowd.stop();
        await servers.stop();
      },
    };
  },
};

export const storm: Work = {
  name: 'storm',
  about: 'All sockets are cut at once, come back after a moment and go on where they were, with messages that they missed.',
  options: {
    people: { about: 'sockets, one a person', value: 10_000, quick: 300 },
    processes: { about: 'servers on one database', value: 1, quick: 1 },
    missed: { about: 'messages that each missed', value: 50, quick: 50 },
    jitter: {
      about: 'milliseconds after which the last one tries; the first one does after half of it, as our client does',
      value: 250,
      quick: 250,
    },
  },
  columns: [
    { key: 'half', label: 'half live s', better: 'lower' },
    { key: 'most', label: '99 % live s', better: 'lower' },
    { key: 'all', label: 'all live s', better: 'lower' },
    { key: 'again', label: 'tried again', better: 'lower' },
    { key: 'cpu', label: 'CPU µs/socket', better: 'lower' },
    { key: 'loaders', label: 'load CPU µs/socket', better: 'neither' },
    { key: 'lost', label: 'lost', better: 'lower', mustBeZero: true },
    { key: 'doubled', label: 'doubled', better: 'lower', mustBeZero: true },
    { key: 'reordered', label: 'reordered', better: 'lower', mustBeZero: true },
  ],
  contenders: { plaza },
};
