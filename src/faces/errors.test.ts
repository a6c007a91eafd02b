import { readFile } from 'node:fs/promises';
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type CloseCode, closes, comeBack, type ErrorCode, errors, PlazaError } from '../../contracts/errors.ts';
import { coded } from './graphql/errors.ts';
import { foreseen, toProblem } from './http/problem.ts';
import { byeFrame } from './socket/door.ts';

const codes = Object.keys(errors) as ErrorCode[];
const closeCodes = Object.keys(closes) as CloseCode[];

describe('[H4] docs/errors.md is the table', () => {
  const rows = async () => (await readFile('docs/errors.md', 'utf8')).split('\n').filter((line) => line.startsWith('| `'));

  test('of refusals', async () => {
    const wanted = codes.map((code) => {
      const { http, grpc, retryable, sentence } = errors[code];
      return `| \`${code}\` | ${http} | ${grpc} | ${retryable ? 'yes' : 'no'} | ${sentence} |`;
    });
    expect((await rows()).slice(0, codes.length)).toEqual(wanted);
  });

  test('of closes', async () => {
    const wanted = closeCodes.map((code) => {
      const { close, sentence } = closes[code];
      return `| \`${code}\` | ${close} | ${comeBack(close) ? 'yes' : 'no'} | ${sentence} |`;
    });
    expect((await rows()).slice(codes.length)).toEqual(wanted);
  });
});

describe.each(codes)('[H4] %s on every face', (code) => {
  const refusal = new PlazaError(code, 'said', { field: 'name', rule: 'some-rule', limit: 7, retryAfter: 3 });

  test('REST', () => {
    expect(foreseen(refusal)).toBe(refusal);
    expect(toProblem(refusal, 'id', 'https://x')).toMatchObject({
      code,
      status: errors[code].http,
      retryable: errors[code].retryable,
      detail: 'said',
      field: 'name',
      rule: 'some-rule',
      limit: 7,
      type: `https://x/errors#${code}`,
    });
  });

  test('GraphQL', () => {
    const error = coded(new GraphQLError('wrapped', { path: ['me'], originalError: refusal }));
    expect(error).toMatchObject({
      message: 'said',
      extensions: { code, retryable: errors[code].retryable, field: 'name', rule: 'some-rule', limit: 7, retryAfter: 3 },
    });
  });
});

test('[H4] the codes of a closed socket stand in two ranges, and only who shall come back is told when', () => {
  expect(new Set(closeCodes.map((code) => closes[code].close)).size).toBe(closeCodes.length);
  for (const code of closeCodes) {
    const { close } = closes[code];
    expect([code, close >= 4000 && close <= 4999]).toEqual([code, true]);
    const frame = byeFrame(code, undefined);
    expect(frame).toMatchObject({ type: 'bye', code, message: closes[code].sentence });
    expect('retryAfter' in frame).toBe(comeBack(close));
  }
});

test('what nobody foresaw has no words of its own on any face', () => {
  const error = new Error('password=hunter2');
  expect(foreseen(error)).toBeNull();
  expect(JSON.stringify(coded(new GraphQLError('password=hunter2', { path: ['me'], originalError: error })))).not.toContain('hunter2');
});
