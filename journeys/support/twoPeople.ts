import { afterAll } from 'vitest';
import type { Channel, Community } from '../../contracts/nouns.ts';
import { type Someone, signUp } from './api.ts';
import { type House, startHouse } from './house.ts';

/** Where most stories begin: a server with the page, and on it Ana, Ben, and a community that she made and he joined. */
export interface TwoPeople {
  house: House;
  ana: Someone;
  ben: Someone;
  community: Community;
  /** The path of a chat of the community, or of a message in it. */
  chatPath(channel: Channel, number?: number): string;
}

/** Two people for the tests of a file; call it at the top. The server ends after them. */
export async function twoPeopleIn(name: string): Promise<TwoPeople> {
  let house: House | undefined;
  afterAll(() => house?.stop());
  house = await startHouse({ env: { PLAZA_PAGE: 'yes' } });
  const [ana, ben] = [await signUp(house.base, 'Ana'), await signUp(house.base, 'Ben')];
  const community = await ana.createCommunity(name);
  await ben.join(community);
  return {
    house,
    ana,
    ben,
    community,
    chatPath: ({ id }, number) => `/c/${community.slug}/chat/${id}${number === undefined ? '' : `/${number}`}`,
  };
}
