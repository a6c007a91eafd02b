import { test } from 'vitest';
import { createGraphqlTest } from './testing.ts';
test('x', async () => {
  const house = await createGraphqlTest();
  const r = await house.ask('POST', '/graphql', { body: '{ "not a JSON' });
  console.log(r.status, r.text);
  const r2 = await house.ask('POST', '/graphql', { body: [] });
  console.log(r2.status, r2.text);
  console.log(JSON.stringify(house.lines.filter((l) => l.level === 'error')).slice(0, 3000));
  const ana = await house.someone('Ana');
  const d = await house.data('mutation { createCommunity(name: "Foo") { community { id } } }', {}, ana.token);
  const id = d.createCommunity.community.id;
  await house.data('mutation($id: ID!) { createDiscussion(community: $id, title: "a", body: "So?") { message { body } discussion { id } channel { id name ... on Discussion { title } } } }', { id }, ana.token);
  console.log((await house.queries(() => house.data(`query($id: ID!) {
  community(id: $id) { discussions { nodes { title comments { nodes { body author { name } } } } } }
}`, { id }, ana.token))).map((x) => x.replace(/\s+/g, ' ')).join('\n'));
  await house.end();
});
