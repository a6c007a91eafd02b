import { Advice } from './advice.ts';

/** What a check found: one sentence, with what to do when it is not well. */
export interface Finding {
  ok: boolean;
  says: string;
}

export const well = (says: string): Finding => ({ ok: true, says });
export const ill = (says: string): Finding => ({ ok: false, says });

/** @throws Advice with the sentences of all that are not well */
export function insist(...findings: readonly Finding[]): void {
  const bad = findings.filter(({ ok }) => !ok);
  if (bad.length > 0) throw new Advice(bad.map(({ says }) => says).join('\n'));
}
