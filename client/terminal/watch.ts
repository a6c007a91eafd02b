import type { Message, Person } from '../../contracts/nouns.ts';
import type { ChannelView, OpenChannel } from '../openChannel.ts';
import { drawBody, drawMessage, drawReactions, faint, nameOf, short } from './draw.ts';
import type { Screen } from './screen.ts';

/** History shown when a channel comes on the screen. */
const shown = 20;
/** Of what came while away, so much is shown. */
const mostShown = 50;

/** Prints a channel as it comes: its last messages, then every change. Returns what stops it. */
export function watchChannel(channel: OpenChannel, screen: Screen, people: () => ReadonlyMap<string, Person>): () => void {
  const print = (view: ChannelView, messages: readonly Message[]) => {
    for (const message of messages) {
      const quoted = view.log?.messages.find((one) => one.number === message.replyTo);
      screen.print(drawMessage(message, people(), quoted));
    }
  };
  const first = channel.state.value;
  print(first, first.log?.messages.slice(-shown) ?? []);
  channel.read(first.log?.number ?? 0);

  let before = first;
  return channel.state.subscribe((view) => {
    const old = before;
    before = view;
    const { log } = view;
    if (log !== null && log.messages !== old.log?.messages) {
      const from = old.log?.first ?? log.first;
      const known = (message: Message) => old.log?.messages[message.number - from];
      const loaded = log.messages.filter((message) => message.number >= from);
      for (const message of loaded) {
        const was = known(message);
        if (was !== undefined && was !== message) for (const line of changes(was, message, people())) screen.print(line);
      }
      const news = loaded.filter((message) => known(message) === undefined);
      if (news.length > mostShown) screen.print(faint(`— ${news.length} new, the last ${mostShown} of them:`));
      print(view, news.slice(-mostShown));
      channel.read(log.number);
    }
    if (log !== null && old.log !== null && (log.details.name !== old.log.details.name || log.details.topic !== old.log.details.topic))
      screen.print(faint(`— the channel is now “${short(log.details.name ?? '')}” ${short(log.details.topic, 200)}`));
    for (const { key, refused, body } of view.pending) {
      if (refused && !old.pending.find((one) => one.key === key)?.refused)
        screen.print(`✗ not sent: “${short(body, 40)}”. ${refused.message} ${faint('/retry tries again, /discard forgets it.')}`);
    }
    if (view.left && !old.left) screen.print(faint('— you may no longer read this channel'));
  });
}

function changes(old: Message, message: Message, people: ReadonlyMap<string, Person>): string[] {
  const number = faint(`#${message.number}`);
  if (message.body === null) return old.body === null ? [] : [`${faint('✗')} ${number} ${faint('was deleted')}`];
  const lines: string[] = [];
  if (message.body !== old.body) lines.push(`${faint('✎')} ${number} ${nameOf(people.get(message.author))}  ${drawBody(message.body)}`);
  if (message.pinnedAt !== old.pinnedAt)
    lines.push(`📌 ${number} ${faint(message.pinnedAt === null ? 'is no longer pinned' : 'was pinned')}`);
  if (JSON.stringify(message.reactions) !== JSON.stringify(old.reactions))
    lines.push(`   ${number} ${message.reactions.length > 0 ? drawReactions(message.reactions) : faint('no more reactions')}`);
  return lines;
}
