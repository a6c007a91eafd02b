import { defineCommand } from 'citty';
import { readSettings, settingFlags } from '../settings.ts';

export default defineCommand({
  meta: { name: 'settings', description: 'Prints every setting with its value and where that comes from.' },
  args: { ...settingFlags, json: { type: 'boolean', description: 'As JSON.' } },
  run({ rawArgs, args }) {
    const { lines } = readSettings(rawArgs, { json: { type: 'boolean' } });
    if (args.json) return console.log(JSON.stringify(lines, null, 2));
    const widest = Math.max(...lines.map(({ flag }) => flag.length));
    for (const { flag, env, value, source, about } of lines) {
      console.log(`${flag.padEnd(widest)}  ${value || '(none)'}  [${source}]\n${' '.repeat(widest)}  ${env}: ${about}`);
    }
  },
});
