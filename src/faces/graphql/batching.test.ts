import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGraphqlTest, type GraphqlTest } from './testing.ts';

let house: GraphqlTest;
let ana: { token: string; id: string };

beforeAll(async () => {
  house = await createGraphqlTest();
  ana = await house.someone('Ana');
});
afterAll(() => house.end());

/** A community with so many discussions, each with so many comments of different people. */
async function community(name: string, discussions: number, comments: number): Promise<string> {
  const { createCommunity } = await house.data(
    'mutation($name: String!) { createCommunity(name: $name) { community { id } } }',
    { name },
    ana.token,
  );
  const id: string = createCommunity.community.id;
  const others = await Promise.all(['Ben', 'Cleo', 'Dan'].map((other) => house.someone(other)));
  for (const other of others)
    await house.data('mutation($id: ID!) { joinCommunity(community: $id) { community { id } } }', { id }, other.token);
  for (let d = 0; d < discussions; d++) {
    const started = await house.data(
      'mutation($id: ID!, $title: String!) { createDiscussion(community: $id, title: $title, body: "So?") { discussion { id } } }',
      { id, title: `Question ${d}` },
      others[d % 3]?.token,
    );
    for (let c = 0; c < comments; c++) {
      const variables = { channel: started.createDiscussion.discussion.id, body: `Comment ${c}` };
      await house.data(
        `mutation($channel: ID!, $body: String!) {
          post(channel: $channel, body: $body, replyTo: 1) { number }
          react(channel: $channel, number: 2, emoji: "👍") { version }
        }`,
        variables,
        others[c % 3]?.token,
      );
    }
  }
  return id;
}

const discussed = `query($id: ID!) {
  community(id: $id) { discussions { nodes { title comments { nodes { body author { name } } } } } }
}`;

const everything = `query($id: ID!) {
  community(id: $id) {
    name memberCount myRole createdBy { name about }
    discussions(first: 20) { nodes {
      title unread commentCount activeAt author { handle about }
      opening { html author { name } }
      lastMessage { number author { name } }
      comments(first: 20) { nodes {
        number html author { handle name about } replyTo { body author { name } } reactions { emoji count mine }
      } }
    } }
  }
}`;

test('[C3] a community with discussions, comments and authors costs the same few queries, however much there is', async () => {
  const small = await community('Small', 1, 1);
  const large = await community('Large', 20, 6);
  await house.data(everything, { id: small }, ana.token);
  let seen = 0;
  const few = await house.queries(() => house.data(everything, { id: small }, ana.token));
  const many = await house.queries(async () => {
    const { community } = await house.data(everything, { id: large }, ana.token);
    seen = community.discussions.nodes.flatMap((node: { comments: { nodes: unknown[] } }) => node.comments.nodes).length;
  });
  expect(seen).toBe(120);
  // What parts of the answer ask at the same time is one question, so it is a matter of chance how many there are.
  expect(Math.max(many.length, few.length)).toBeLessThanOrEqual(17);
  // The caller, the community, the discussions and who may read them, the comments and who may read them, the authors.
  for (const id of [small, large]) {
    const asked = await house.queries(() => house.data(discussed, { id }, ana.token));
    expect(asked).toHaveLength(7);
  }
}, 120_000);

test('what one may do and which tags are in use are asked once for all communities and channels of an answer', async () => {
  const query = `{ communities(q: "Batch", first: 50) { nodes {
    name may { audit join } discussionTags discussions { nodes { title may { post accept } } }
  } } }`;
  for (const [name, discussions] of [
    ['Batch 1', 1],
    ['Batch 2', 10],
    ['Batch 3', 10],
  ] as const)
    await community(name, discussions, 0);
  const asked = await house.queries(() => house.data(query, {}, ana.token));
  // The caller, the communities, what one may in them, their tags (two), their discussions (two), what one may in these: eight,
  // and a few more where parts of the answer come at different times.
  expect(asked.length).toBeLessThanOrEqual(12);
});
