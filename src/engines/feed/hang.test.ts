import { test } from 'vitest';
import { startOwnServer } from './testing.ts';
test('hang', async () => {
  const postgres = (await import(process.env['PGMOD'] ?? 'postgres')).default;
  const server = await startOwnServer();
  const sql = postgres(server.url, { max: 12, connect_timeout: 5, idle_timeout: 60, onnotice() {} });
  await sql`create table said (n serial primary key)`;
  let done = false;
  const open = new Map<number, { at: number; what: string; stage: string }>();
  let id = 0;
  const worker = async (kind: string) => {
    while (!done) {
      const me = id++; const rec = { at: Date.now(), what: kind, stage: '' }; open.set(me, rec);
      try {
        if (kind === 'plain') await sql`select 1`;
        else if (kind === 'begin1') await sql.begin(async (tx: any) => { rec.stage = 'in'; await tx`insert into said default values`; rec.stage = 'commit'; });
        else await sql.begin(async (tx: any) => { rec.stage = 'in1'; await tx`insert into said default values`; rec.stage = 'in2'; await tx`insert into said default values`; rec.stage = 'commit'; });
      } catch { await new Promise((r) => setTimeout(r, 5)); }
      open.delete(me);
    }
  };
  for (let i = 0; i < 4; i++) { void worker('plain'); void worker('begin1'); void worker('begin2'); }
  for (let i = 0; i < 6; i++) { await new Promise((r) => setTimeout(r, 200)); await server.crash(); }
  for (const s of [1, 4, 8, 15]) { await new Promise((r) => setTimeout(r, s * 1000));
  const hung = [...open.values()].filter((r) => Date.now() - r.at > 900);
  console.log(process.env['PGMOD'], 'HUNG', hung.map((r) => [Date.now() - r.at, r.what, r.stage]), 'open', open.size); }
  done = true;
  await sql.end({ timeout: 1 });
  await server.stop();
}, 100000);
