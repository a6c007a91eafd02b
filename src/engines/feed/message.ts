/**
 * How events stand in a logical message. One has its topic as the message's prefix and its JSON as the content. Several
 * stand in one message, a line each, topic before JSON: a message of its own costs PostgreSQL and every reader more than
 * the event in it.
 */
import { type PlazaEvent, parseTopic, type Topic, topicPrefix } from '../../../contracts/events.ts';
import { eventText } from './eventText.ts';
import type { FeedEvent } from './index.ts';

export interface Emission {
  topic: Topic;
  event: PlazaEvent;
}

/** Of a message with several events. */
export const severalPrefix = 'plaza/events';
const space = 0x20;
const lineBreak = 0x0a;

/** The content is the parts of one text. In one string a thousand events are so long that V8 gives them memory of their own each time. */
export function toMessage(emissions: readonly Emission[]): { prefix: string; content: readonly string[] } {
  const [only, second] = emissions;
  if (only && !second) return { prefix: topicPrefix(only.topic), content: [eventText(only.event)] };
  // Neither a topic nor an event's JSON has a line break, and a topic no space.
  return {
    prefix: severalPrefix,
    content: emissions.map(({ topic, event }) => `${topicPrefix(topic)} ${eventText(event)}\n`),
  };
}

/**
 * The events of a Message of `pgoutput` that begins there: its kind, flags (1), place in the log (8), prefix up to a zero
 * byte, length (4), content. Empty for what another program wrote. The events' bytes are parts of these.
 * https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */
export function eventsOf(bytes: Buffer, at: number): FeedEvent[] {
  const zero = bytes.indexOf(0, at + 10);
  const prefix = bytes.toString('latin1', at + 10, zero);
  const start = zero + 5;
  const end = start + bytes.readUInt32BE(zero + 1);
  if (prefix === severalPrefix) return eventsIn(bytes, start, end);
  const topic = parseTopic(prefix);
  return topic ? [{ topic, bytes: bytes.subarray(start, end) }] : [];
}

function eventsIn(bytes: Buffer, start: number, end: number): FeedEvent[] {
  const events: FeedEvent[] = [];
  for (let from = start; from < end; ) {
    const found = bytes.indexOf(lineBreak, from);
    const to = found < 0 || found > end ? end : found;
    const cut = bytes.indexOf(space, from);
    const topic = parseTopic(bytes.toString('latin1', from, cut));
    if (topic) events.push({ topic, bytes: bytes.subarray(cut + 1, to) });
    from = to + 1;
  }
  return events;
}
