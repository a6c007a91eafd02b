/** What was measured, where, when and how, to be kept. */
import { cpus, release, totalmem, type } from 'node:os';
import type { Column, Figures, Options } from './work.ts';

export interface Measured {
  work: string;
  about: string;
  options: Options;
  columns: readonly Column[];
  contenders: readonly { name: string; about: string; runs: readonly Figures[] }[];
  skipped: readonly { name: string; why: string }[];
}

export interface Record {
  date: string;
  machine: { cpu: string; cores: number; memoryGB: number; system: string; node: string };
  command: string;
  measured: readonly Measured[];
}

export function createRecord(args: readonly string[], measured: readonly Measured[]): Record {
  return {
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
      node: process.version,
    },
    command: ['npm run bench --', ...args].join(' '),
    measured,
  };
}
