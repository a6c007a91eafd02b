import { expect, test } from 'vitest';
import { bansInForce } from './bans.ts';

const person = (id: string) => ({ id, handle: id, name: id, bot: false, avatar: null });

test('a ban is in force until it is lifted, and only the latest of a person counts', () => {
  const actions = [
    { id: '6', kind: 'MEMBER_BANNED', person: person('ben') },
    { id: '5', kind: 'MEMBER_UNBANNED', person: person('ana') },
    { id: '4', kind: 'MEMBER_UNBANNED', person: person('ben') },
    { id: '3', kind: 'MEMBER_BANNED', person: person('ana') },
    { id: '2', kind: 'MEMBER_BANNED', person: person('ben') },
    { id: '1', kind: 'MEMBER_REMOVED', person: person('cleo') },
    { id: '0', kind: 'MEMBER_BANNED', person: null },
  ] as const;
  expect([...bansInForce(actions)]).toEqual(['6']);
});
