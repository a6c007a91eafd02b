import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openHouse } from './testing.ts';
test('d', async () => {
  const house = await openHouse();
  const { token } = await house.someone('Ana');
  const { channel } = await house.chat(token);
  const a = await house.enter(token);
  await a.ask({ type: 'join', channel });
    let pongs = 0;
    a.ws.on('pong', () => pongs++);
    const who = await house.who(token);
    const posts = [];
    for (let i = 0; i < 300; i++) {
      a.ws.ping(Buffer.alloc(100, 1));
      posts.push(house.doors.conversations.post(who, { channel, key: `k${i}`, body: 'x'.repeat(i * 10 + 1) }));
    }
    console.log(await Promise.allSettled(posts).then((x)=>x.filter(y=>y.status==='rejected').slice(0,2)));
    await new Promise(r=>setTimeout(r,1000));
    console.log(pongs, a.frames.length, a.frames.flatMap(f=>f.type==='events'?f.events.map(e=>e.version):[]).length, a.frames.filter(f=>f.type!=='events').map(f=>f.type));
    console.log(a.frames.flatMap(f=>f.type==='events'?f.events.map(e=>e.version):[]).join(' '));
}, 10000);
test('drain', async () => {
  const house = await openHouse();
  const { token } = await house.someone('Ana');
  const { channel } = await house.chat(token);
  const [a, b] = [await house.enter(token), await house.enter(token)];
  const poll = house.ask('GET', `/v1/events?poll=${await house.doors.conversations.epoch()}`, { token });
  await b.ask({ type: 'join', channel });
  const acks = Promise.all(Array.from({ length: 50 }, (_, i) => a.ask({ type: 'send', channel, key: `k${i}`, body: 'x' })));
  await a.next('ack');
  console.log('ack');
  const drained = house.face.drain();
  const late = house.connect();
  late.ws.on('unexpected-response', (_q, r) => console.log('unexpected', r.statusCode));
  late.ws.on('error', (e) => console.log(e));
  late.ws.on('open', (e) => console.log('open'));
  await drained; console.log('drained');
  await new Promise(r=>setTimeout(r,1000));
  console.log(a.frames.map(f=>f.type).join(), b.frames.map(f=>f.type).join());
  console.log((await poll).body);
}, 10000);
