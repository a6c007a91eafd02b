import { Advice } from './advice.ts';

/** What a check found: one sentence, with what to do when it is not well. */
export interface Finding {
  ok: boolean;
  says: string;
}

export const well = (says: string): Finding => ({ ok: true, says });
export const ill = (says: string): Finding => ({ ok: false, says });

/** @throws Advice for the first that is not well */
export function insist(...findings: readonly Finding[]): void {
  const first = findings.find(({ ok }) => !ok);
  if (first) throw new Advice(first.says);
}
