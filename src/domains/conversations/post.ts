import { randomBytes } from 'node:crypto';
import { PlazaError } from '../../../contracts/errors.ts';
import type { Id, Person } from '../../../contracts/nouns.ts';
import { limits } from '../../../contracts/wire.ts';
import { mentions } from '../../kit/markdown.ts';
import { text, wholeNumber } from '../../kit/text.ts';
import type { Facts, Policy, Who } from '../policy/index.ts';
import { allowed } from './access.ts';
import { called } from './called.ts';
import { type Deps, speaker } from './deps.ts';
import type { Change, PlanState } from './group.ts';
import type { Conversations, Posted } from './index.ts';
import type { Step } from './steps.ts';

type Input = Parameters<Conversations['post']>[1];

/** An input that is as it should be. */
interface Said {
  channel: Id;
  body: string;
  key: string;
  replyTo: number | null;
  placed: Input['placed'];
}

/** Posts a message: numbered and durable when this resolves (L1, L3). The same key gives the same message (L4). */
export function post({ sql, policy, log }: Deps): Conversations['post'] {
  function place(who: Who, said: Said, standing: Facts, calls: Id[]): Promise<Posted> {
    const posted = log.post(new Post(speaker(who), said, calls, standing, policy));
    said.placed?.();
    return posted;
  }

  async function placeWhenKnown(who: Who, said: Said): Promise<Posted> {
    const standing = await allowed(policy, 'message.post', who, said.channel);
    return await place(who, said, standing, await called({ sql, policy }, who, { channel: said.channel, standing }, said.body));
  }

  // Most know the writer and call nobody: these wait for the log alone, and hold no more promises than it takes.
  return (who, input) => {
    try {
      const said = whatIsSaid(input);
      const known = policy.remembered(who, said.channel);
      const isPlain = known !== null && policy.decide('message.post', known).allowed && mentions(said.body).length === 0;
      return isPlain ? place(who, said, known, []) : placeWhenKnown(who, said);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function whatIsSaid({ channel, body, key, replyTo, placed }: Input): Said {
  return {
    channel,
    body: messageBody(body),
    // Without a key the log could not try again after a lost connection: it would not know its own message.
    key: key === undefined ? randomBytes(12).toString('base64url') : messageKey(key),
    replyTo: replyTo === undefined ? null : wholeNumber(replyTo, 'replyTo', 1),
    placed,
  };
}

/** A post, and the step that it is if all is still as known. One object and no closures, since thousands are under way. */
class Post implements Change {
  readonly do = 'post';
  readonly link = null;
  readonly channel: Id;
  readonly by: Person;
  readonly key: string;
  readonly body: string;
  readonly replyTo: number | null;
  readonly mentions: Id[];
  readonly standing: Facts;
  readonly policy: Policy;

  constructor(by: Person, { channel, key, body, replyTo }: Said, calls: Id[], standing: Facts, policy: Policy) {
    this.channel = channel;
    this.by = by;
    this.key = key;
    this.body = body;
    this.replyTo = replyTo;
    this.mentions = calls;
    this.standing = standing;
    this.policy = policy;
  }

  plan({ channel: now, number }: PlanState): Step {
    const { standing, replyTo } = this;
    // What the channel itself has to say on who may post is as it was when the standing was allowed to.
    if (standing.channelArchived !== now.archived || standing.channelPosting !== now.posting) {
      this.policy.ask('message.post', { ...standing, channelArchived: now.archived, channelPosting: now.posting });
    }
    if (replyTo !== null && replyTo > number) {
      throw new PlazaError('invalid_input', `There is no message ${replyTo} to reply to.`, { field: 'replyTo' });
    }
    return this;
  }
}

export function messageBody(body: unknown): string {
  return text(body, { field: 'body', min: 1, max: limits.bodyCharacters, lines: true });
}

/** The client's own id for a send. It is compared as it is, so nothing is trimmed or normalized. */
export function messageKey(key: unknown): string {
  if (typeof key !== 'string' || key.length === 0 || key.length > limits.keyCharacters || !/^[\x21-\x7e]+$/.test(key)) {
    throw new PlazaError('invalid_input', `"key" must be 1 to ${limits.keyCharacters} printable ASCII characters.`, { field: 'key' });
  }
  return key;
}
