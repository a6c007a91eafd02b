import { expect, test } from 'vitest';
import { createLogger } from './log.ts';

function lines(format: 'pretty' | 'json') {
  const written: string[] = [];
  return { written, log: createLogger({ level: 'info', format, to: { write: (line) => written.push(line) } }) };
}

test('json: one object a line, without secrets', () => {
  const { written, log } = lines('json');
  log.info({ request: 'r1', headers: { authorization: 'Bearer x' }, password: 'hunter22' }, 'asked');
  log.debug('not at this level');
  expect(written).toHaveLength(1);
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    level: 'info',
    msg: 'asked',
    request: 'r1',
    password: '•••',
    headers: { authorization: '•••' },
  });
});

test('pretty: the time, the sentence and what belongs to it', () => {
  const { written, log } = lines('pretty');
  log.warn({ channel: '7' }, 'slow');
  log.error({ err: new Error('boom') }, 'failed');
  expect(written[0]).toMatch(/^\d\d:\d\d:\d\d warn slow channel=7\n$/);
  expect(written[1]).toMatch(/error failed\nError: boom\n/);
});
