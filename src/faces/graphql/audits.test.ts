import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGraphqlTest, type GraphqlTest } from './testing.ts';

let house: GraphqlTest;
let url: string;

beforeAll(async () => {
  house = await createGraphqlTest();
  url = `http://127.0.0.1:${(await house.server.listen()).port}/graphql`;
});
afterAll(() => house.end());

test('GraphQL over HTTP: all 61 audits are run, and every MUST, SHOULD and MAY passes', async () => {
  const audits = serverAudits({ url });
  expect(audits).toHaveLength(61);
  const results = await Promise.all(audits.map((audit) => audit.fn()));
  const lines = results.map(
    (result) =>
      `${result.status === 'ok' ? 'ok    ' : result.status} ${result.id} ${result.name}${'reason' in result ? `: ${result.reason}` : ''}`,
  );
  console.log(lines.join('\n'));
  expect(results.filter((result) => result.status !== 'ok')).toEqual([]);
});
