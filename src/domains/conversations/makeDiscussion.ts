import { PlazaError } from '../../../contracts/errors.ts';
import type { Channel, Id, Message, Person } from '../../../contracts/nouns.ts';
import { type Transaction, violated } from '../../engines/postgres/index.ts';
import { tags, wholeNumber } from '../../kit/text.ts';
import type { Facts, Policy, Who } from '../policy/index.ts';
import { askCommunity, freshly } from './access.ts';
import { called } from './called.ts';
import { startedBefore } from './createDiscussion.ts';
import { type Deps, speaker } from './deps.ts';
import { type Change, writeGroup } from './group.ts';
import type { Conversations } from './index.ts';
import { channelName } from './names.ts';
import { openChannel } from './open.ts';
import { living, withMessage } from './outcome.ts';
import { messageBody, messageKey } from './post.ts';
import { type ChannelRow, type MessageRow, messageColumns, toChannel, toMessage } from './rows.ts';
import type { Step } from './steps.ts';

const mostTaken = 100;

/**
 * Makes a discussion of messages of a chat: the opening is the caller's, then every message follows as a comment of its
 * author and time, and a message in the chat says so. Copies and originals know each other. All of it is one
 * transaction, and the same key from the same person gives the same discussion (L4).
 */
export function makeDiscussion({ sql, policy }: Deps): Conversations['makeDiscussion'] {
  return async (who, input) => {
    const title = channelName(input.title, 'title');
    const given = input.body === undefined || input.body === '' ? null : messageBody(input.body);
    const tagged = tags(input.tags ?? []);
    const key = input.key === undefined ? undefined : messageKey(input.key);
    const numbers = taken(input.numbers);
    const by = speaker(who);
    // Before anything is locked: nobody waits for who may not even read there.
    await freshly(policy, who, input.channel);
    try {
      return await sql.begin(async (tx) => {
        const home = await askCommunity(tx, policy, 'discussion.start', who, input.community);
        const made = await openChannel(tx, {
          application: who.application,
          kind: 'discussion',
          community: input.community,
          createdBy: by.id,
          name: title,
          tags: tagged,
          visibility: 'public',
          ...(key === undefined ? {} : { key }),
        });
        const source = await locked(tx, input.channel, numbers);
        const may = await askToTake(tx, { policy, who, source, numbers, home });
        const body = given ?? cameFrom(source.channel, numbers[0] ?? 1, may.nameChannel);
        const mentions = await called({ sql, policy }, who, { channel: made.id, within: tx }, body);

        const {
          results: [opened, ...others],
        } = await writeGroup(
          tx,
          [
            { channel: made.id, by, plan: () => ({ do: 'post', body, replyTo: null, mentions, link: null }) },
            ...copies(made.id, source),
            ...links(made.id, source, by),
            ...(may.post ? [notice(made, source, by, may.nameDiscussion)] : []),
          ],
          Date.now(),
        );
        for (const outcome of others) if (outcome instanceof PlazaError) throw outcome;
        if (opened === undefined || opened instanceof PlazaError) throw opened ?? new PlazaError('internal');
        // Who chose the messages knows them all.
        await tx`update read_positions set number = ${numbers.length + 1} where person = ${by.id} and channel = ${made.id}`;
        return { channel: made, message: withMessage(opened).message };
      });
    } catch (error) {
      if (key === undefined || violated(error) !== 'channels_by_key') throw error;
      return await startedBefore(sql, by.id, key);
    }
  };
}

/** The numbers asked for, in order, each once. */
function taken(numbers: readonly number[]): number[] {
  if (numbers.length === 0 || numbers.length > mostTaken) {
    throw new PlazaError('invalid_input', `Choose 1 to ${mostTaken} messages.`, {
      field: 'numbers',
      rule: 'messages-chosen',
      limit: mostTaken,
    });
  }
  return [...new Set(numbers.map((number) => wholeNumber(number, 'numbers', 1)))].sort((a, b) => a - b);
}

interface Asked {
  policy: Policy;
  who: Who;
  source: Source;
  numbers: readonly number[];
  /** How the caller stands to the discussion's community. */
  home: Facts;
}

/** What one side may be told of the other. */
interface May {
  /** Say in the chat what was done. */
  post: boolean;
  /** Name the chat to those who read the discussion. */
  nameChannel: boolean;
  /** Name the discussion to those who read the chat. */
  nameDiscussion: boolean;
}

interface Source {
  channel: Channel;
  messages: Message[];
  authors: Map<Id, Person>;
}

/**
 * The messages as they are while nobody can change them. The head is the only lock that others may hold too, and it is
 * had before any of the new discussion's: no two of these wait for each other.
 */
async function locked(tx: Transaction, channel: Id, numbers: readonly number[]): Promise<Source> {
  await tx`select from channel_heads where channel = ${channel} for no key update`;
  const [rows, messages, authors] = await Promise.all([
    tx<ChannelRow[]>`select * from channels where id = ${channel}`,
    tx<MessageRow[]>`
      select ${messageColumns(tx)} from messages where channel = ${channel} and number = any(${[...numbers]}::int[]) order by number`,
    tx<Person[]>`
      select id, handle, name, bot, avatar from people
      where id in (select author from messages where channel = ${channel} and number = any(${[...numbers]}::int[]))`,
  ]);
  const [row] = rows;
  if (!row) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
  return { channel: toChannel(row), messages: messages.map(toMessage), authors: new Map(authors.map((person) => [person.id, person])) };
}

/**
 * Asks whether the caller may take these messages. Names go where everybody may see what they stand for: a chat's where
 * the words of others may be taken too.
 * @throws not_found, forbidden, conflict unless every one is there and may be taken
 */
async function askToTake(tx: Transaction, { policy, who, source, numbers, home }: Asked): Promise<May> {
  const standing = await freshly(policy, who, source.channel.id, tx);
  const sameCommunity = source.channel.community === home.community;
  for (const number of numbers) {
    const message = source.messages.find((one) => one.number === number);
    if (message === undefined) throw new PlazaError('not_found', `There is no message ${number}.`, { field: 'numbers' });
    policy.ask('message.take', { ...standing, sameCommunity, own: message.author === who.person?.id });
    if (message.deletedAt !== null)
      throw new PlazaError('conflict', `Message ${number} was deleted.`, { field: 'numbers', rule: 'message-deleted' });
  }
  return {
    post: policy.decide('message.post', standing).allowed,
    nameChannel: policy.decide('message.take', { ...standing, sameCommunity, own: false }).allowed,
    nameDiscussion: sameCommunity || home.communityVisibility === 'public',
  };
}

/** The copy of the i-th message has this number: the opening is 1. */
const copyNumber = (i: number) => i + 2;

function copies(discussion: Id, { messages, authors }: Source): Change[] {
  const numbers = new Map(messages.map(({ number }, i) => [number, copyNumber(i)]));
  return messages.map(({ channel, number, author, body, replyTo, createdAt }) => {
    const by = authors.get(author);
    if (by === undefined || body === null) throw new Error(`message ${channel}/${number} has no author or no body`);
    const reply = replyTo === null ? null : (numbers.get(replyTo) ?? null);
    // Who is called was called already.
    const step: Step = { do: 'post', body, replyTo: reply, mentions: [], link: { channel, number } };
    return { channel: discussion, by, at: Date.parse(createdAt), plan: () => step };
  });
}

function links(discussion: Id, { messages }: Source, by: Person): Change[] {
  return messages.map(({ channel, number }, i) => ({
    channel,
    by,
    number,
    plan: (state) => ({ do: 'link', message: living(state), link: { channel: discussion, number: copyNumber(i) } }),
  }));
}

/** Without words, since it is everybody's in whatever language they speak: how many messages went where. */
function notice(made: Channel, { channel, messages }: Source, by: Person, isNamed: boolean): Change {
  const body = `${messages.length} 💬 → [${shown(made, isNamed)}](/go/${made.id})`;
  return { channel: channel.id, by, plan: () => ({ do: 'post', body, replyTo: null, mentions: [], link: null }) };
}

function cameFrom(channel: Channel, number: number, isNamed: boolean): string {
  return `💬 [${shown(channel, isNamed)}](/go/${channel.id}/${number})`;
}

function shown({ name }: Channel, isNamed: boolean): string {
  return plainly((isNamed ? name : null) ?? '…');
}

/** Text in markdown that is nothing but text. */
function plainly(text: string): string {
  return text.replace(/[\\`*_[\]<>&!~#|@:]/g, '\\$&');
}
