/** A durable reader in a process of its own, for tests that kill it: `readerProcess.ts <url> <name>`. */
import { createLogger } from '../../kit/log.ts';
import { connect } from '../postgres/index.ts';
import { createDurableReader } from './index.ts';

const [url = '', name = ''] = process.argv.slice(2);
const reader = createDurableReader({
  url,
  sql: connect(url, { max: 3, name: 'reader process' }),
  name,
  logger: createLogger({ level: 'silent', format: 'json' }),
  async handle(tx, events) {
    await tx`insert into heard (text) select * from unnest(${events.map((event) => event.bytes.toString())}::text[])`;
  },
});
reader.start();
setInterval(() => {
  if (reader.state().status === 'running') process.stdout.write('running\n');
}, 10);
