import { defineCommand } from 'citty';
import { compose } from '../compose.ts';
import { joinGround } from '../ground.ts';
import { createLogger } from '../kit/log.ts';
import { readSettings, settingFlags } from '../settings.ts';

const rotate = defineCommand({
  meta: { name: 'rotate', description: 'A new signing key; tokens signed with the old one stay good until they end.' },
  args: settingFlags,
  async run({ rawArgs }) {
    const { settings } = readSettings(rawArgs);
    const logger = createLogger({ level: settings.logLevel, format: settings.logFormat });
    const ground = await joinGround(settings, logger);
    try {
      const house = await compose({ ...settings, secret: ground.secret }, logger, ground.databaseUrl);
      try {
        await house.doors.accounts.rotateKeys();
        logger.info('Tokens are signed with a new key from now on');
      } finally {
        await house.stop();
      }
    } finally {
      await ground.close();
    }
  },
});

export default defineCommand({
  meta: { name: 'keys', description: 'keys rotate: signs with a new key from now on.' },
  subCommands: { rotate },
});
