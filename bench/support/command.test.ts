import { expect, test } from 'vitest';
import { pointsOf, readCommand } from './command.ts';
import type { Work } from './work.ts';

const work: Work = {
  name: 'fanout',
  about: '',
  options: { readers: { about: '', value: 1000, quick: 10 }, rate: { about: '', value: 100, quick: 5 } },
  columns: [],
  contenders: {},
};

test('works are words, and options have their value behind them or after a sign of equality', () => {
  const command = readCommand([
    'fanout',
    'idle',
    '--readers',
    '500',
    '--rate=7',
    '--against',
    'ws,socketio',
    '--quick',
    '--json',
    'x.json',
  ]);
  expect(command).toMatchObject({
    works: ['fanout', 'idle'],
    against: ['ws', 'socketio'],
    quick: true,
    rounds: 1,
    json: 'x.json',
    svg: false,
  });
  expect(pointsOf(work, command)).toEqual([{ readers: 500, rate: 7 }]);
});

test('an option with several values makes a run of each; two such options are one too many', () => {
  expect(pointsOf(work, readCommand(['--readers', '1,10']))).toEqual([
    { readers: 1, rate: 100 },
    { readers: 10, rate: 100 },
  ]);
  expect(() => pointsOf(work, readCommand(['--readers', '1,10', '--rate', '1,2']))).toThrow('--readers and --rate');
});

test('without options a work has its own, smaller ones with --quick', () => {
  expect(pointsOf(work, readCommand([]))).toEqual([{ readers: 1000, rate: 100 }]);
  expect(pointsOf(work, readCommand(['--quick']))).toEqual([{ readers: 10, rate: 5 }]);
  expect(readCommand(['--against', 'nobody']).against).toEqual([]);
});

test('what is no number is refused by name', () => {
  expect(() => readCommand(['--readers', 'many'])).toThrow('--readers takes a number');
  expect(() => readCommand(['--readers'])).toThrow('--readers needs a value');
});
