import { test } from 'vitest';
import { signUp } from '../support/api.ts';
import { startHouse } from '../support/house.ts';
import { useBrowser } from '../support/visitors.ts';
const browser = useBrowser();
test('x', async () => {
  const house = await startHouse({ env: { PLAZA_PAGE: 'yes' } });
  const ana = await signUp(house.base, 'Ana Lima');
  const ben = await signUp(house.base, 'Ben Okri');
  const community = await ana.createCommunity('Night trains', { description: 'Beds that move. For people who sleep on rails.' });
  await ben.join(community);
  const made = await ana.call<any>('POST', `/v1/communities/${community.id}/discussions`, { title: 'Which berth do you take, and why?', body: 'Top or **bottom**? I am going to Vienna in May.\n\n- top: warm\n- bottom: cold\n\n```js\nconst berth = 1;\n```', tags: ['berths', 'may'] });
  const channel = made.channel;
  for (let i = 0; i < 4; i++) await (i % 2 ? ana : ben).post(channel, 'Top: *nobody* climbs over you.\n\n> so they say\n\n[a link](https://example.org)');
  for (let i = 0; i < 4; i++) await ana.startDiscussion(community, 'Another discussion ' + i);
  for (const js of [true, false]) for (const size of ['desk', 'phone'] as const) {
    const { page } = await browser.visit(house.base, { javaScriptEnabled: js, size, colorScheme: size === 'phone' ? 'dark' : 'light' });
    for (const [name, path] of Object.entries({ d: `/c/${community.slug}/d/${channel.id}`, c: `/c/${community.slug}`, l: '/communities' })) {
      await page.goto(path);
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `/tmp/s4-${name}-${size}-${js ? 'js' : 'plain'}.png` });
      if (js && size === 'desk') console.log(name, await page.locator('#app').evaluate((e) => e.innerHTML.replace(/<svg[\s\S]*?<\/svg>/g, '<svg/>')));
    }
  }
  await house.stop();
}, 90000);
