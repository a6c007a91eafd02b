import { defineCommand } from 'citty';
import { readyPage } from '../page.ts';

export default defineCommand({
  meta: { name: 'build', description: 'Builds the web page, if it is missing or older than its sources. "start" does that by itself.' },
  async run() {
    await readyPage(console.log);
    console.log('The page is built.');
  },
});
