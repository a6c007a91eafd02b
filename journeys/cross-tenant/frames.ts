import type { ClientFrame } from '../../contracts/wire.ts';
import type { Someone } from '../support/api.ts';
import { openSocket, Refused } from '../support/socket.ts';
import { within } from '../support/wait.ts';
import type { Things } from './foreign.ts';
import { fault } from './values.ts';

/** A case for every type of frame: the type checker misses none. `null`: it names nothing. */
function cases(channel: string, things: Things): { [T in ClientFrame['type']]: Extract<ClientFrame, { type: T }> | null } {
  const number = things.message;
  return {
    // A token is one's own; the places to resume are asked for below.
    hello: null,
    ping: null,
    // Whoever is not there can be left.
    leave: null,
    join: { type: 'join', channel },
    send: { type: 'send', channel, key: 'k', body: 'Let me in' },
    edit: { type: 'edit', channel, number, body: 'Let me in' },
    delete: { type: 'delete', channel, number },
    restore: { type: 'restore', channel, number },
    react: { type: 'react', channel, number, emoji: '🦓', on: true },
    pin: { type: 'pin', channel, number, on: false },
    bookmark: { type: 'bookmark', channel, number, on: true },
    draft: { type: 'draft', place: channel, body: 'Let me in' },
    read: { type: 'read', channel, number },
    typing: { type: 'typing', channel },
    sync: { type: 'sync', channel, since: 0 },
    page: { type: 'page', channel },
    people: { type: 'people', ids: [things.person] },
    watch: { type: 'watch', people: [things.person] },
  };
}

/** Sends every frame for the things of the other application; answers what went wrong. */
export async function askSocket(caller: Someone, things: Things): Promise<{ asked: number; faults: string[] }> {
  const faults: string[] = [];
  let asked = 0;
  const socket = await openSocket(caller.base, caller.token);
  const { epoch } = socket.ready;
  for (const channel of [things.channel, things.discussion, things.group, things.chat]) {
    for (const [type, frame] of Object.entries(cases(channel, things))) {
      if (!frame) continue;
      asked++;
      const found = await ask(type, frame);
      if (found) faults.push(found);
    }
  }
  await socket.close();

  const resuming = await openSocket(caller.base, caller.token);
  asked++;
  resuming.tell({ type: 'hello', token: caller.token, resume: { epoch, places: [{ channel: things.channel, version: 0 }] } });
  await resuming.hear('error', ({ code }) => code === 'not_found' || code === 'forbidden');
  const told = resuming.heard.find((frame) => frame.type === 'joined' || frame.type === 'events');
  if (told) faults.push(`hello with a foreign place told something: ${JSON.stringify(told)}`);
  await resuming.close();
  return { asked, faults };

  async function ask(type: string, frame: ClientFrame): Promise<string | null> {
    try {
      const { body, text } = await answerTo(frame);
      return fault(type, { code: null, body, text });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return fault(type, { code: error.frame.code, body: null, text: JSON.stringify(error.frame) });
    }
  }

  async function answerTo(frame: ClientFrame): Promise<{ body: unknown; text: string }> {
    const id = `c${asked}`;
    const isUnanswered = frame.type === 'typing' || frame.type === 'watch';
    const answered = new Promise<object>((resolve, reject) => {
      socket.onFrame((said) => {
        if (said.type === 'error' && (said.id === id || isUnanswered)) reject(new Refused(said));
        else if ('id' in said && said.id === id) resolve(said);
        else if (said.type === 'presence') resolve(said.person === caller.person.id ? {} : said);
      });
    });
    socket.tell({ ...frame, ...(isUnanswered ? {} : { id }) } as ClientFrame);
    // Nobody is told of those who are nobody; who is watched after them is told of after them.
    if (frame.type === 'watch') socket.tell({ type: 'watch', people: [caller.person.id] });
    const { type: _type, id: _id, ...body } = (await within(answered, `an answer to ${frame.type}`)) as { type?: string; id?: string };
    return { body, text: JSON.stringify(body) };
  }
}
