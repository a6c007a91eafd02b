// The long torture: `npm run torture -- --kills 300 --seed 7`; 100 kills unless told, another seed each time.
import { parseArgs } from 'node:util';
import { torture } from './zz.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: String(Date.now() % 100_000) } },
});
const started = performance.now();
console.log(`Seed ${values.seed}`);
const { findings, acknowledged, kills } = await torture({ kills: Number(values.kills), seed: Number(values.seed), say: console.log });
for (const finding of findings) console.log(`✗ ${finding}`);
console.log(
  `${kills} kills, ${acknowledged} acknowledged changes, ${findings.length} findings, ${Math.round((performance.now() - started) / 1000)} s`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
