import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../../contracts/events.ts';
import type { Facts } from './rules.ts';
import { createStandings } from './standings.ts';
import type { Who } from './who.ts';

const ana: Who = {
  application: '1',
  role: 'member',
  person: { id: '7', handle: 'ana', name: 'Ana', bot: false, avatar: null },
  account: '8',
  device: '9',
  scopes: [],
  address: '',
};
const ben: Who = { ...ana, person: { id: '17', handle: 'ben', name: 'Ben', bot: false, avatar: null } };
const facts = { community: '30' } as Facts;

/** Who of the two has to be looked up again after the event. */
async function forgotten(event: Omit<AccessEvent, 'type'> | 'everything'): Promise<string[]> {
  const standings = createStandings();
  standings.remember(true);
  const again: string[] = [];
  const ask = (who: Who, channel: string, load: () => void) =>
    standings.get(who, channel) ??
    standings.ask(who, channel, async () => {
      load();
      return facts;
    });
  for (const who of [ana, ben]) for (const channel of ['20', '21']) await ask(who, channel, () => {});
  standings.forget(event === 'everything' ? event : { type: 'access', ...event });
  for (const who of [ana, ben])
    for (const channel of ['20', '21']) await ask(who, channel, () => again.push(`${who.person?.handle} ${channel}`));
  return again;
}

describe('an access event makes forget', () => {
  test.each<[Omit<AccessEvent, 'type'> | 'everything', string[]]>([
    ['everything', ['ana 20', 'ana 21', 'ben 20', 'ben 21']],
    [{ channel: '20' }, ['ana 20', 'ben 20']],
    [{ channel: '20', person: '7' }, ['ana 20']],
    [{ community: '30' }, ['ana 20', 'ana 21', 'ben 20', 'ben 21']],
    [{ community: '30', person: '17' }, ['ben 20', 'ben 21']],
    [{ community: '31', person: '17' }, []],
    [{ person: '7', account: '8' }, ['ana 20', 'ana 21']],
    [{ application: '1' }, ['ana 20', 'ana 21', 'ben 20', 'ben 21']],
    [{ application: '2' }, []],
    [{ device: '9' }, []],
    [{ account: '8' }, []],
  ])('%o', async (event, expected) => {
    expect(await forgotten(event)).toEqual(expected);
  });
});

test('what no longer fits is not listed either', async () => {
  const standings = createStandings();
  standings.remember(true);
  for (let i = 1; i <= 50_010; i++) await standings.ask(ana, String(i), async () => facts);
  let loaded = 0;
  standings.forget({ type: 'access', person: '7' });
  for (const channel of ['1', '50010']) {
    if (standings.get(ana, channel) === null) loaded++;
  }
  expect(loaded).toBe(2);
});
