import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { becomeAdmin, type Someone, signUp } from '../support/api.ts';
import { type House, startHouse } from '../support/house.ts';
import { look, makeThings, marker, type Things } from './foreign.ts';
import { askSocket } from './frames.ts';
import { askGraphql } from './graphql.ts';
import { askRest } from './rest.ts';

interface Tenant {
  owner: Someone;
  member: Someone;
  secret: string;
  things: Things;
}

let house: House;
let zoo: Tenant;
let farm: Tenant;

beforeAll(async () => {
  house = await startHouse();
  const admin = await becomeAdmin(await signUp(house.base, 'Admin'), house.servers[0]?.said() ?? '');
  async function makeTenant(name: string, called: string): Promise<Tenant> {
    const made = await admin.call<{ id: string; token: string }>('POST', '/v1/applications', { name });
    const { id, token: secret } = await admin.call<{ id: string; token: string }>('POST', `/v1/applications/${made.id}/tokens`, {
      name,
      scopes: ['read', 'write', 'people'],
    });
    const [owner, member] = await Promise.all([signUp(house.base, `${called} Olga`, secret), signUp(house.base, `${called} Max`, secret)]);
    return { owner, member, secret, things: await makeThings(called, owner, member, { application: made.id, id, secret }) };
  }
  [zoo, farm] = [await makeTenant('zoo', marker), await makeTenant('farm', 'Farmer')];
});
afterAll(() => house?.stop());

describe('nothing of another application can be seen or changed', () => {
  test.each(['person', 'token', 'somebody of the default application', 'guest'])('asked over REST by: %s', async (caller) => {
    await nothingChanges(async () => askRest(house.base, await tokenOf(caller), zoo.things));
  });

  test.each(['person', 'token', 'somebody of the default application', 'guest'])('asked over GraphQL by: %s', async (caller) => {
    await nothingChanges(async () => askGraphql(house.base, await tokenOf(caller), zoo.things));
  });

  test('asked over the socket', async () => {
    await nothingChanges(() => askSocket(farm.member, zoo.things));
  });

  async function tokenOf(caller: string): Promise<string | null> {
    if (caller === 'person') return farm.owner.token;
    if (caller === 'token') return farm.secret;
    return caller === 'guest' ? null : (await signUp(house.base, 'Ordinary')).token;
  }

  async function nothingChanges(ask: () => Promise<{ asked: number; faults: string[] }>): Promise<void> {
    const before = await look(zoo.owner, zoo.member, zoo.things);
    const { asked, faults } = await ask();
    expect(faults).toEqual([]);
    expect(asked).toBeGreaterThan(10);
    expect(await look(zoo.owner, zoo.member, zoo.things)).toEqual(before);
  }
});

test('the same questions are answered to those who belong there, so that each refusal above means something', async () => {
  const { owner, member, things } = zoo;
  expect((await askGraphql(house.base, owner.token, things)).faults.length).toBeGreaterThan(20);
  expect((await askRest(house.base, member.token, things)).faults.length).toBeGreaterThan(10);
});
