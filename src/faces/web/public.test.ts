import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '../../../contracts/nouns.ts';
import { guest, type Who } from '../../domains/policy/index.ts';
import { createTestServer } from '../http/testing.ts';
import { defaultRates } from '../limits.ts';
import { createSitemap } from './sitemap.ts';
import { builtPage, type Element, readXml } from './testing.ts';

const page = builtPage();
const s = await createTestServer({ page });
const plain = page.document.fill(null);
let ana: { who: Who; token: string };
let ben: { who: Who; token: string };

async function person(name: string): Promise<{ who: Who; token: string }> {
  const { token } = await s.someone(name);
  return { token, who: await s.doors.accounts.authenticate(token, '192.0.2.1') };
}

async function discussion(community: Id, title: string, body: string): Promise<Id> {
  return (await s.doors.conversations.createDiscussion(ana.who, { community, title, body })).channel.id;
}

/** Text that tries to leave every place it is put into. */
const nasty = `"><script>alert(1)</script></title></script><!--<img src=x onerror=alert(2)>'"&amp;]]>\u2028{{x}}$&`;
const withoutScripts = (html: string) => {
  expect(html).not.toMatch(/<script>alert|<img(?! src="\/icon\.svg")|<!--</);
  // Tags that are there, and nothing else that opens one.
  for (const [tag] of html.matchAll(/<\/?[a-z][^>]*>/gi))
    expect(tag.replace(/ (content|title|data-\w+)="[^"<>]*"/g, '')).not.toMatch(/\son\w+\s*=|javascript:|srcdoc|style=/i);
  expect(
    [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag).filter((tag) => !/src="\/assets\/|application\/ld\+json/.test(tag)),
  ).toEqual([]);
};

beforeAll(async () => {
  ana = await person('Ana');
  ben = await person('Ben');
});
afterAll(() => s.end());

describe('a public discussion', () => {
  let slug: string;
  let channel: Id;
  let path: string;

  beforeAll(async () => {
    const community = await s.doors.communities.create(ana.who, { name: 'Night trains', description: 'Beds that move' });
    slug = community.slug;
    await s.doors.communities.join(ben.who, { community: community.id });
    channel = await discussion(
      community.id,
      'Which berth?',
      'Top or **bottom**?\n\n![a picture](https://elsewhere.example/x.png)\n\n|a|\n|-:|\n|1|',
    );
    path = `/c/${slug}/d/${channel}`;
    for (let n = 2; n <= 205; n++) await s.doors.conversations.post(ben.who, { channel, body: `comment ${n}` });
    await s.doors.conversations.delete(ben.who, { channel, number: 3 });
  });

  test('says its own words in the reader’s language, and caches tell the languages apart', async () => {
    const inGerman = { headers: { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' } };
    const english = await s.ask('GET', path);
    const german = await s.ask('GET', path, inGerman);
    expect(english.text).toContain('<html lang="en">');
    expect(english.text).toContain('>Sign in</a>');
    expect(english.text).toContain('<h2>204 comments</h2>');
    expect(german.text).toContain('<html lang="de">');
    expect(german.text).toContain('>Anmelden</a>');
    expect(german.text).toContain('<h2>204 Kommentare</h2>');
    expect(german.text).toContain('Top or <strong>bottom</strong>?');
    expect(german.headers['vary']).toBe('Origin, Accept-Language, Accept-Encoding');
    expect(german.headers['etag']).not.toBe(english.headers['etag']);
    const known = { 'accept-language': 'de', 'if-none-match': english.headers['etag'] ?? '' };
    expect((await s.ask('GET', path, { headers: known })).status).toBe(200);
    for (const list of ['/communities', `/c/${slug}`]) expect((await s.ask('GET', list, inGerman)).text).toContain('Communitys</a>');
    expect((await s.ask('GET', `/c/${slug}/d/1`)).headers['vary']).toContain('Accept-Language');
  });

  test('is in the page: title, opening, comments, names, times', async () => {
    const { status, headers, text } = await s.ask('GET', path);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=0, must-revalidate');
    expect(text).toContain('<title>Which berth? · Plaza</title>');
    expect(text).toContain('<h1 dir="auto">Which berth?</h1>');
    expect(text).toContain('Top or <strong>bottom</strong>?');
    expect(text).toMatch(
      /<article class="message opening" id="m1">\s*<header><span class="blank" aria-hidden="true"><\/span> <span class="author" dir="auto">Ana<\/span>/,
    );
    expect(text).toMatch(
      /<article class="message" id="m2">[\s\S]*?<time datetime="\d{4}-[^"]+Z">\d+ \w+ \d{4}<\/time>[\s\S]*?<p>comment 2<\/p>/,
    );
    expect(text).toContain('This message was deleted.');
    expect(text).not.toContain('comment 3<');
  });

  test('pictures from elsewhere are links, and nothing is styled in place', async () => {
    const { text } = await s.ask('GET', path);
    expect(text).toContain('<a href="https://elsewhere.example/x.png" rel="nofollow noopener ugc">a picture</a>');
    expect(text).toContain('<td align="right">1</td>');
    expect(text).not.toMatch(/<img(?! src="\/icon\.svg")|style=/);
  });

  test('says what it is to search engines and previews', async () => {
    const { text } = await s.ask('GET', path);
    const address = `http://plaza.test${path}`;
    expect(text).toContain(`<link data-rendered rel="canonical" href="${address}">`);
    expect(text).toContain('<meta data-rendered name="description" content="Top or bottom?');
    expect(text).toContain('<meta data-rendered property="og:title" content="Which berth?">');
    expect(text).toContain(
      `<link data-rendered rel="alternate" type="application/rss+xml" title="Which berth?" href="${address}/feed.xml">`,
    );
    const data = JSON.parse(/<script data-rendered type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '');
    expect(data).toMatchObject({
      '@type': 'DiscussionForumPosting',
      headline: 'Which berth?',
      author: { name: 'Ana' },
      url: address,
      commentCount: 204,
    });
    expect(data.comment[0]).toMatchObject({ '@type': 'Comment', text: 'comment 2', author: { name: 'Ben' } });
  });

  test('goes on page by page, every comment on one of them', async () => {
    const seen: number[] = [];
    let next: string | undefined = path;
    let before: string | undefined;
    while (next !== undefined) {
      const { text } = await s.ask('GET', next);
      expect(/<link data-rendered rel="prev" href="([^"]+)">/.exec(text)?.[1]).toBe(before);
      expect(text).toContain(`<link data-rendered rel="canonical" href="http://plaza.test${next}">`);
      seen.push(...[...text.matchAll(/id="m(\d+)"/g)].map(([, number]) => Number(number)).filter((number) => number > 1));
      before = next;
      next = /<link data-rendered rel="next" href="([^"]+)">/.exec(text)?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 204 }, (_, i) => i + 2));
  });

  test('a permalink shows the page that its comment stands on', async () => {
    const { text } = await s.ask('GET', `${path}/150`);
    expect(text).toContain('<p>comment 150</p>');
    expect(text).toContain('id="m1"');
    expect(text).toContain(`<link data-rendered rel="canonical" href="http://plaza.test${path}/102">`);
  });

  test('is sent again only when it changed', async () => {
    const asked = await s.ask('GET', path);
    const known = { headers: { 'if-none-match': asked.headers['etag'] ?? '' } };
    expect(await s.ask('GET', path, known)).toMatchObject({ status: 304, text: '' });
    await s.doors.conversations.edit(ben.who, { channel, number: 2, body: 'comment 2 anew' });
    expect(await s.ask('GET', path, known)).toMatchObject({ status: 200 });
  });

  test('is shown compressed', async () => {
    const { headers, rawPayload } = await s.server.app.inject({ method: 'GET', url: path, headers: { 'accept-encoding': 'br' } });
    expect(headers['content-encoding']).toBe('br');
    expect(rawPayload.length).toBeLessThan(10_000);
  });

  test('its feed has the latest 50 comments, newest first', async () => {
    const { status, headers, text } = await s.ask('GET', `${path}/feed.xml`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/rss+xml; charset=utf-8');
    const found = items(text);
    expect(found).toHaveLength(50);
    expect(found[0]).toMatchObject({
      title: 'Ben: comment 205',
      link: `http://plaza.test${path}/205`,
      'dc:creator': 'Ben',
      description: '<p>comment 205</p>\n',
    });
    expect(new Date(found[0]?.['pubDate'] ?? '').getTime()).toBeGreaterThan(0);
    expect(await s.ask('GET', `${path}/feed.xml`, { headers: { 'if-none-match': headers['etag'] ?? '' } })).toMatchObject({ status: 304 });
  });

  test('is rendered message by message, and others have their turn in between', async () => {
    const { html } = s.doors.conversations;
    let turn = 0;
    const turns: number[] = [];
    let ticking = setImmediate(function tick() {
      turn++;
      ticking = setImmediate(tick);
    });
    s.doors.conversations.html = (body) => {
      turns.push(turn);
      return html(body);
    };
    try {
      for (const address of [path, `${path}/feed.xml`]) expect((await s.ask('GET', address)).status).toBe(200);
    } finally {
      clearImmediate(ticking);
      s.doors.conversations.html = html;
    }
    expect(turns.length).toBeGreaterThan(140);
    expect(new Set(turns).size).toBe(turns.length);
  });

  test('in its feed the addresses of this place are whole, and words that look like one stay as they are', async () => {
    const { id } = await s.doors.communities.create(ana.who, { name: 'Day trains', description: '' });
    const talk = await discussion(id, 'Links', 'The [rules](/go/1), [there](//elsewhere.example/a), `<a href="/x">`');
    const { text } = await s.ask('GET', `/c/day-trains/d/${talk}/feed.xml`);
    const description = items(text)[0]?.['description'] ?? '';
    expect(description).toContain('<a href="http://plaza.test/go/1"');
    expect(description).toContain('<a href="//elsewhere.example/a"');
    expect(description).toContain('&lt;a href="/x"&gt;');
  });

  test.each([
    ['a number beyond its end', () => `${path}/206`],
    ['another community', () => `/c/nowhere/d/${channel}`],
    ['no such discussion', () => `/c/${slug}/d/999`],
    ['an id beyond 64 bits', () => `/c/${slug}/d/99999999999999999999`],
    ['a number beyond 32 bits', () => `${path}/99999999999`],
    ['0', () => `${path}/0`],
    ['a cursor of somewhere else', () => `/c/${slug}?after=nonsense`],
  ])('%s is the plain page with 404', async (_what, address) => {
    expect(await s.ask('GET', address())).toMatchObject({ status: 404, text: plain });
  });

  test('a deleted one is gone', async () => {
    const { id } = await s.doors.communities.get(ana.who, { slug });
    const gone = await discussion(id, 'Gone soon', 'regretted');
    expect((await s.ask('GET', `/c/${slug}/d/${gone}`)).text).toContain('regretted');
    await s.doors.conversations.delete(ana.who, { channel: gone, number: 1 });
    expect(await s.ask('GET', `/c/${slug}/d/${gone}`)).toMatchObject({ status: 404, text: plain });
    expect(await s.ask('GET', `/c/${slug}/d/${gone}/feed.xml`)).toMatchObject({ status: 404 });
  });
});

describe('lists', () => {
  test('a community shows its discussions, and the directory its communities', async () => {
    const community = await s.doors.communities.create(ana.who, { name: 'Balconies', description: 'Pots and *rails*' });
    for (let n = 1; n <= 60; n++) await discussion(community.id, `pot ${n}`, `soil ${n}`);
    const first = await s.ask('GET', `/c/${community.slug}`);
    expect(first.text).toContain('<title>Balconies · Plaza</title>');
    expect(first.text).toContain('<p dir="auto">soil 60</p>');
    const next = /<link data-rendered rel="next" href="([^"]+)">/.exec(first.text)?.[1] ?? '';
    const second = await s.ask('GET', next);
    const links = [...(first.text + second.text).matchAll(/<li><a href="(\/c\/balconies\/d\/\d+)"/g)].map(([, link]) => link);
    expect(new Set(links).size).toBe(60);
    expect((await s.ask('GET', '/communities')).text).toContain('<a href="/c/balconies" dir="auto">Balconies</a>');
    const feed = await s.ask('GET', `/c/${community.slug}/feed.xml`);
    expect(items(feed.text).map(({ title }) => title)).toEqual(Array.from({ length: 50 }, (_, i) => `pot ${60 - i}`));
  });
});

describe('what is private', () => {
  test('is in no page, feed or list, whoever asks, and looks like what does not exist', async () => {
    const hidden = await s.doors.communities.create(ana.who, { name: 'Hidden garden', description: 'whisper', visibility: 'private' });
    const talk = await discussion(hidden.id, 'Whispered title', 'whispered words');
    const seen = await s.doors.communities.create(ana.who, { name: 'Seen garden' });
    const inside = await discussion(seen.id, 'Whispered inside', 'whispered too');
    await s.doors.conversations.change(ana.who, { channel: inside, visibility: 'private' });
    const nowhere = await s.ask('GET', '/c/there-is-none');
    const same = ({ headers: { 'x-request-id': _id, date: _date, ...headers }, ...rest }: typeof nowhere) => ({ ...rest, headers });
    for (const token of [undefined, ana.token]) {
      for (const path of [
        `/c/${hidden.slug}`,
        `/c/${hidden.slug}/d/${talk}`,
        `/c/${hidden.slug}/d/${talk}/1`,
        `/c/${seen.slug}/d/${inside}`,
      ])
        expect(same(await s.ask('GET', path, { token }))).toEqual(same(nowhere));
      for (const path of [`/c/${hidden.slug}/feed.xml`, `/c/${hidden.slug}/d/${talk}/feed.xml`, `/c/${seen.slug}/d/${inside}/feed.xml`])
        expect((await s.ask('GET', path, { token })).status).toBe(404);
      for (const path of ['/communities', `/c/${seen.slug}`, `/c/${seen.slug}/feed.xml`, '/sitemap.xml'])
        expect((await s.ask('GET', path, { token })).text).not.toMatch(new RegExp(`hisper|Hidden garden|/d/(${talk}|${inside})`));
    }
  });

  test('a chat, a group and a direct channel are no discussions', async () => {
    const community = await s.doors.communities.create(ana.who, { name: 'Chatty' });
    const chats = await s.doors.conversations.communityChats(ana.who, community.id, {});
    const direct = await s.doors.conversations.openDirect(ana.who, { person: ben.who.person?.id ?? '' });
    for (const id of [chats.items[0]?.node.id, direct.id])
      expect(await s.ask('GET', `/c/${community.slug}/d/${id}`)).toMatchObject({ status: 404, text: plain });
  });
});

describe('text of people', () => {
  test('does nothing wherever it is shown', async () => {
    const eve = await person('Eve');
    await s.doors.people.update(eve.who, { name: nasty.slice(0, 40), about: nasty });
    const community = await s.doors.communities.create(ana.who, {
      name: nasty.slice(0, 50),
      slug: 'nasty',
      description: nasty,
      tags: ['<b>tag</b>'],
    });
    await s.doors.communities.join(eve.who, { community: community.id });
    const { channel } = await s.doors.conversations.createDiscussion(eve.who, {
      community: community.id,
      title: nasty,
      body: `${nasty}\n\n[a](javascript:alert(1)) ![${nasty}](https://x.example/") <https://x.example/"onmouseover="alert(1)>\n\n\`\`\`"><script>\ncode\n\`\`\``,
      tags: ['"><i>x'],
    });
    await s.doors.conversations.post(eve.who, { channel: channel.id, body: `${nasty} \u0001\u000B\uFFFE </description>]]>` });
    for (const path of [`/c/nasty/d/${channel.id}`, `/c/nasty/d/${channel.id}/2`, '/c/nasty', '/communities']) {
      const { status, text } = await s.ask('GET', path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain('&lt;script&gt;alert(1)');
      withoutScripts(text);
    }
    const { text } = await s.ask('GET', `/c/nasty/d/${channel.id}`);
    const data = JSON.parse(/<script data-rendered type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '');
    expect(data.headline).toBe(nasty.replace('\u2028', ' '));
    expect(text.split('</script>')).toHaveLength(3);
    const feeds = [`/c/nasty/feed.xml`, `/c/nasty/d/${channel.id}/feed.xml`];
    for (const path of feeds) {
      const found = items((await s.ask('GET', path)).text);
      expect(found.at(-1)?.['title']).toContain('<script>alert(1)</script>');
      for (const { description = '' } of found) withoutScripts(path.includes('/d/') ? description : '');
    }
  });
});

describe('the sitemap', () => {
  test('lists every public discussion once, in parts where they are many', async () => {
    const whole = readXml(await createSitemap(s.doors.conversations, guest(''), 'http://plaza.test').all());
    expect(whole.name).toBe('urlset');
    const all = locations(whole);
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((one) => /\/d\/\d+$/.test(one)).length).toBeGreaterThan(60);
    const parts = createSitemap(s.doors.conversations, guest(''), 'http://plaza.test', 25);
    const index = readXml(await parts.all());
    expect(index.name).toBe('sitemapindex');
    const files = locations(index).map((address) => /\/sitemap\/(\d+)\.xml$/.exec(address)?.[1] ?? '');
    const listed = (await Promise.all(files.map((after) => parts.part(after)))).flatMap((xml) => locations(readXml(xml)));
    expect(files.length).toBeGreaterThan(2);
    expect(new Set(listed)).toEqual(new Set(all));
    await expect(parts.part('5')).rejects.toThrow();
  });

  test('parts that are none are not found', async () => {
    expect((await s.ask('GET', '/sitemap/0.xml')).status).toBe(200);
    expect((await s.ask('GET', '/sitemap/5.xml')).status).toBe(404);
  });
});

test('who asks too often gets the page as it is, and no feed', async () => {
  const limited = await createTestServer({ page, rates: { ...defaultRates, anonymous: { perSecond: 0.001, burst: 1 } } }, undefined);
  try {
    expect((await limited.ask('GET', '/communities')).text).toContain('<h1>Communities</h1>');
    expect(await limited.ask('GET', '/communities')).toMatchObject({ status: 200, text: plain });
    expect(await limited.ask('GET', '/sitemap.xml')).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect((await limited.ask('GET', '/')).status).toBe(200);
  } finally {
    await limited.end();
  }
});

test('while the database is away the page comes, with 503', async () => {
  const { get } = s.doors.communities;
  s.doors.communities.get = async () => {
    throw Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' });
  };
  try {
    expect(await s.ask('GET', '/c/somewhere')).toMatchObject({
      status: 503,
      text: plain,
      headers: { 'cache-control': 'no-store', 'retry-after': '1' },
    });
  } finally {
    s.doors.communities.get = get;
  }
});

function items(rss: string): Record<string, string>[] {
  const channel = readXml(rss).children[0];
  return (channel?.children ?? [])
    .filter(({ name }) => name === 'item')
    .map(({ children }) => Object.fromEntries(children.map(({ name, text }) => [name, text])));
}

function locations(sitemap: Element): string[] {
  return sitemap.children.map(({ children }) => children.find(({ name }) => name === 'loc')?.text ?? '');
}
