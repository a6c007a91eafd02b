import { limits } from '../../contracts/wire.ts';
import { logAlone } from '../peers/log/log.ts';
import { grouped } from '../peers/postgres/grouped.ts';
import { plazaIngest } from '../support/ingest.ts';
import { socketioIngest, wsIngest } from '../support/peerWriters.ts';
import type { Work } from '../support/work.ts';

export const ingest: Work = {
  name: 'ingest',
  about:
    'Messages a second that are written durably and acknowledged, in many channels: the most, in a closed loop with a fixed number under way; then how long an acknowledgement takes at half of that, in an open loop.',
  options: {
    channels: { about: 'channels', value: 1000, quick: 20 },
    writers: { about: `writing connections; Plaza takes ${limits.framesPerSecond} frames a second of each`, value: 2000, quick: 300 },
    underWay: { about: 'messages under way in the closed loop', value: 2048, quick: 64 },
    burst: { about: 'messages that one connection sends at once, where the protocol lets it', value: 16, quick: 4 },
    logFiles: {
      about: 'megabytes of write-ahead log that every PostgreSQL has to use again, as one in use has; 0: as a new one',
      value: 960,
      quick: 0,
    },
    seconds: { about: 'seconds measured of each loop', value: 6, quick: 1 },
  },
  columns: [
    { key: 'perSecond', label: 'acknowledged/s', better: 'higher' },
    { key: 'cpu', label: 'CPU µs/message', better: 'lower' },
    { key: 'loadCpu', label: 'load CPU µs/message', better: 'neither' },
    { key: 'p50', label: 'p50 ms at half', better: 'lower' },
    { key: 'p99', label: 'p99 ms', better: 'lower' },
    { key: 'p999', label: 'p99.9 ms', better: 'lower' },
    { key: 'late', label: 'load late at most ms', better: 'neither' },
    { key: 'lost', label: 'lost', better: 'lower', mustBeZero: true },
    { key: 'doubled', label: 'doubled', better: 'lower', mustBeZero: true },
    { key: 'reordered', label: 'reordered', better: 'lower', mustBeZero: true },
  ],
  contenders: {
    plaza: plazaIngest('socket', 'Plaza over sockets: numbered, fsync before the acknowledgement'),
    rest: plazaIngest('rest', 'Plaza over REST, keep-alive, one request a connection'),
    graphql: plazaIngest('graphql', 'Plaza over GraphQL, keep-alive, one request a connection'),
    socketio: socketioIngest,
    ws: wsIngest,
    log: logAlone,
    postgres: grouped,
  },
};
