import type { Message, Person } from '../../contracts/nouns.ts';
import type { ChannelView, OpenChannel } from '../openChannel.ts';
import { drawMessage, faint, nameOf, plain } from './draw.ts';
import type { Screen } from './screen.ts';

/** History shown when a channel comes on the screen. */
const shown = 20;

/** Prints a channel as it comes: its last messages, then every change. Returns what stops it. */
export function watchChannel(channel: OpenChannel, screen: Screen, people: () => ReadonlyMap<string, Person>): () => void {
  const quoted = (view: ChannelView, message: Message) => view.log?.messages.find((one) => one.number === message.replyTo);
  const first = channel.state.value;
  for (const message of first.log?.messages.slice(-shown) ?? []) screen.print(drawMessage(message, people(), quoted(first, message)));
  channel.read(first.log?.number ?? 0);

  let before = first;
  return channel.state.subscribe((view) => {
    const old = before;
    before = view;
    const { log } = view;
    if (log === null) return;
    if (log.messages !== old.log?.messages) {
      const from = old.log?.first ?? log.first;
      for (const message of log.messages) {
        if (message.number < from) continue;
        const known = old.log?.messages[message.number - from];
        if (known === message) continue;
        if (known === undefined) screen.print(drawMessage(message, people(), quoted(view, message)));
        else for (const line of changes(known, message, people())) screen.print(line);
      }
      channel.read(log.number);
    }
    const { name, topic } = log.details;
    if (old.log !== null && (name !== old.log.details.name || topic !== old.log.details.topic))
      screen.print(faint(`— the channel is now “${plain(name ?? '')}” ${plain(topic)}`));
    for (const pending of view.pending) {
      if (pending.refused && !old.pending.find((one) => one.key === pending.key)?.refused)
        screen.print(`✗ not sent: ${pending.refused.message}`);
    }
    if (view.left && !old.left) screen.print(faint('— you are no longer in this channel'));
  });
}

function changes(old: Message, message: Message, people: ReadonlyMap<string, Person>): string[] {
  const who = nameOf(people.get(message.author));
  if (message.deletedAt !== null) return old.deletedAt === null ? [faint(`✗ #${message.number} was deleted`)] : [];
  const lines: string[] = [];
  if (message.body !== old.body) lines.push(`${faint(`✎ #${message.number}`)} ${who}  ${plain(message.body ?? '')}`);
  if (message.pinnedAt !== old.pinnedAt)
    lines.push(faint(`📌 #${message.number} ${message.pinnedAt === null ? 'is no longer pinned' : 'was pinned'}`));
  if (JSON.stringify(message.reactions) !== JSON.stringify(old.reactions)) {
    lines.push(
      faint(`   ${message.reactions.map((r) => `${r.emoji} ${r.count}`).join('  ') || 'no more reactions'} on #${message.number}`),
    );
  }
  return lines;
}
