import { expect, test } from 'vitest';
import { PlazaError } from '../contracts/errors.ts';
import type { ChannelEvent } from '../contracts/events.ts';
import type { Channel, Message, Person } from '../contracts/nouns.ts';
import { createChannelDriver } from './channelDriver.ts';
import type { Connection } from './connection.ts';
import { createKept } from './kept.ts';
import type { ChannelView } from './openChannel.ts';

const me: Person = { id: '1', handle: 'ana', name: 'Ana', bot: false, avatar: null };
const details: Channel = {
  id: '9',
  kind: 'chat',
  community: null,
  name: 'n',
  topic: '',
  photo: null,
  tags: [],
  visibility: 'private',
  posting: 'everyone',
  archived: false,
  accepted: null,
  createdBy: null,
  createdAt: '',
  chatNumber: null,
};

function message(number: number, key: string | null): Message {
  const none = { replyTo: null, link: null, editedAt: null, deletedAt: null, pinnedAt: null };
  return {
    channel: '9',
    number,
    version: number,
    author: me.id,
    key,
    body: `${number}`,
    reactions: [],
    mentions: [],
    createdAt: 't',
    ...none,
  };
}

function posted(number: number, key: string | null = null): ChannelEvent {
  return { type: 'posted', channel: '9', version: number, by: me, message: message(number, key) };
}

/** A wire on which nothing is answered. */
const silent: Connection = {
  isLive: () => true,
  ask: () => new Promise(() => {}),
  tell() {},
  again() {},
  reconnect() {},
  close() {},
};

function joinedTo(messages: Message[]) {
  const channel = createChannelDriver('9', {
    connection: silent,
    me: () => me.id,
    kept: createKept(undefined, ''),
    recalled: () => null,
    remember() {},
    lost() {},
    sent() {},
    read() {},
    closed() {},
  });
  const at = messages.length;
  channel.receive({ type: 'joined', channel: details, version: at, number: at, read: 0, messages, mine: [], people: [], gap: false });
  const views: ChannelView[] = [];
  channel.state.subscribe((view) => views.push(view));
  return { channel, views };
}

const upTo = (number: number) => Array.from({ length: number }, (_, i) => i + 1);

test('a thousand events of one frame are one change of what is shown', () => {
  const { channel, views } = joinedTo(upTo(1000).map((number) => message(number, null)));
  channel.receive({ type: 'events', channel: '9', events: upTo(1000).map((i) => posted(1000 + i)) });
  expect(views).toHaveLength(1);
  expect(views[0]?.log).toMatchObject({ number: 2000, version: 2000, atEnd: true });
  expect(views[0]?.log?.messages.length).toBeLessThanOrEqual(1000);
  channel.end(new PlazaError('unavailable'));
});

test('a pending message becomes one of the log in one step', () => {
  const { channel, views } = joinedTo([]);
  void channel.send('1');
  const key = channel.state.value.pending[0]?.key ?? '';
  views.length = 0;
  channel.receive({ type: 'events', channel: '9', events: [posted(1, key)] });
  expect(views).toHaveLength(1);
  expect(views[0]).toMatchObject({ pending: [], log: { messages: [{ key }] } });
  channel.end(new PlazaError('unavailable'));
});
