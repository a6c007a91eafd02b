import type { Metrics } from '../../kit/metrics.ts';
import type { Hub } from './hub.ts';

/** What the transports count; plain numbers, since they are touched for every frame. */
export interface Counts {
  opened: number;
  open: { websocket: number; events: number; poll: number; inside: number };
  framesIn: number;
  framesOut: number;
  bytesOut: number;
  tooSlow: number;
}

export function createCounts(): Counts {
  return { opened: 0, open: { websocket: 0, events: 0, poll: 0, inside: 0 }, framesIn: 0, framesOut: 0, bytesOut: 0, tooSlow: 0 };
}

/** Shows the counts and the hub's state where the process is watched. Answers what is to be told of each flush. */
export function exposeCounts(metrics: Metrics, counts: Counts, hub: () => Hub): (ms: number) => void {
  const at = (name: string, help: string, read: () => number) => metrics.gauge(`plaza_socket_${name}`, help, read);
  at('websockets_open', 'WebSockets open.', () => counts.open.websocket);
  at('event_streams_open', 'Streams of server-sent events open.', () => counts.open.events);
  at('polls_open', 'Long polls waiting.', () => counts.open.poll);
  at('subscriptions_open', 'Subscriptions of other faces open.', () => counts.open.inside);
  at('watches', 'Channels open, summed over all listeners.', () => hub().counts().watches);
  at('suspended', 'Open channels whose access is being looked up again.', () => hub().counts().suspended);
  at('tick_seconds', 'How long events gather at present between two rounds of writing.', () => hub().counts().tickMs / 1000);
  const totals: [string, string, () => number][] = [
    ['opened_total', 'Listeners that came.', () => counts.opened],
    ['frames_in_total', 'Frames that clients sent.', () => counts.framesIn],
    ['frames_out_total', 'Frames sent to clients.', () => counts.framesOut],
    ['bytes_out_total', 'Bytes sent to clients.', () => counts.bytesOut],
    ['deliveries_total', 'Frames shared by several clients, counted once for each.', () => hub().counts().deliveries],
    ['too_slow_total', 'Clients cut off because they read too slowly.', () => counts.tooSlow],
  ];
  for (const [name, help, read] of totals) metrics.total(`plaza_socket_${name}`, help, read);
  const flush = metrics.histogram(
    'plaza_socket_flush_seconds',
    'Time that writing one round of events to all their readers takes, without what is done in between.',
    [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
  );
  return (ms) => flush.observe(ms / 1000);
}
