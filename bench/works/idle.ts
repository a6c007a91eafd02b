import { setTimeout as sleep } from 'node:timers/promises';
import { startPlaza } from '../support/plaza.ts';
import { meter, ownBytes, useOf } from '../support/processes.ts';
import { buildTown } from '../support/town.ts';
import type { Contender, Options, Work } from '../support/work.ts';

/** They come at 500 a second, so that memory is not measured after a storm. */
const millisEach = 2;
/** So many come and go before. */
const warmUp = 200;
/** Memory that is no longer used goes back to the system when nothing has happened for a while, and V8 looks for more. */
const longestRestMs = 25_000;

const plaza: Contender = {
  about: 'Plaza',
  async start(options: Options) {
    const { people = 0, processes = 1, seconds = 60, open = 1 } = options;
    const comeMs = people * millisEach;
    const restMs = Math.min(longestRestMs, seconds * 500);
    const servers = await startPlaza({ processes });
    const { crowd } = await buildTown(servers, people, open);
    /** The servers alone: PostgreSQL's memory does not grow with sockets. */
    const programs = () => useOf(servers.pids).processes.filter(({ name }) => !name.startsWith('postgres'));
    const resident = () => programs().reduce((sum, { rssBytes }) => sum + rssBytes, 0);
    /** Without the program's own files, which the system drops and reads again as it likes. */
    const own = () => programs().reduce((sum, { pid }) => sum + ownBytes(pid), 0);
    return {
      async run() {
        // A few warm up: code is compiled, pools are filled. What all need, freed or not, counts.
        const share = Math.min(1, warmUp / people);
        await crowd.come(comeMs * share, share);
        await crowd.cut();
        await sleep(restMs);
        const before = own();
        await crowd.come(comeMs);
        await sleep(restMs);
        const servers0 = meter(servers.pids);
        const loaders = crowd.meter();
        await sleep(seconds * 1000);
        const cpuMicros = servers0();
        const { again, problems } = await crowd.count();
        if (again > 0) throw new Error(`${again} sockets were cut off: ${problems.join('; ')}`);
        const perSocketAndSecond = 1 / people / seconds;
        const figures = {
          kilobytes: (own() - before) / 1024 / people,
          cpu: cpuMicros * perSocketAndSecond,
          loaders: loaders() * perSocketAndSecond,
          megabytes: resident() / 2 ** 20,
        };
        await crowd.cut();
        await sleep(1000);
        return figures;
      },
      async stop() {
        await crowd.stop();
        await servers.stop();
      },
    };
  },
};

export const idle: Work = {
  name: 'idle',
  about: 'Signed-in sockets, each of another person in 20 channels, of which one is open, while nothing happens but heartbeats.',
  options: {
    people: { about: 'sockets, one a person', value: 10_000, quick: 300 },
    processes: { about: 'servers on one database', value: 1, quick: 1 },
    open: { about: 'channels that each has open, of its 20', value: 1, quick: 1 },
    seconds: { about: 'quiet time', value: 60, quick: 2 },
  },
  columns: [
    { key: 'kilobytes', label: 'KB resident/socket', better: 'lower' },
    { key: 'cpu', label: 'CPU µs/socket/s', better: 'lower' },
    { key: 'megabytes', label: 'MB resident in all', better: 'neither' },
    { key: 'loaders', label: 'load CPU µs/socket/s', better: 'neither' },
  ],
  contenders: { plaza },
};
