/**
 * A chat as one writes it with `ws` and `pg`: rooms are sets of sockets; a message is inserted, and when PostgreSQL has
 * committed it, sent to each socket of its room. Nobody is asked who they are.
 */
import { createServer } from 'node:http';
import pg from 'pg';
import { WebSocket, WebSocketServer } from 'ws';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 20 });
await pool.query(`
  create table if not exists messages (
    id bigint generated always as identity primary key,
    room text not null,
    author text not null,
    body text not null,
    created_at timestamptz not null default now()
  );
  create index if not exists messages_by_room on messages (room, id);
  create table if not exists reads (
    room text not null,
    person text not null,
    message bigint not null,
    primary key (room, person)
  )`);

const insert = {
  name: 'insert',
  text: 'insert into messages (room, author, body) values ($1, $2, $3) returning id, created_at as "createdAt"',
};
const markRead = {
  name: 'read',
  text: `insert into reads (room, person, message) values ($1, $2, $3)
    on conflict (room, person) do update set message = greatest(reads.message, excluded.message)`,
};

type Frame =
  | { type: 'hello'; name: string }
  | { type: 'join'; room: string }
  | { type: 'send'; room: string; body: string }
  | { type: 'read'; room: string; number: number };

const rooms = new Map<string, Set<WebSocket>>();
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on('connection', (socket) => {
  let name = '';
  const joined: Set<WebSocket>[] = [];

  function join(room: string): void {
    const members = rooms.get(room) ?? new Set();
    rooms.set(room, members.add(socket));
    joined.push(members);
    socket.send(JSON.stringify({ type: 'joined', room }));
  }

  async function send(room: string, body: string): Promise<void> {
    const { rows } = await pool.query({ ...insert, values: [room, name, body] });
    const message = JSON.stringify({ type: 'message', ...rows[0], room, author: name, body });
    for (const member of rooms.get(room) ?? []) if (member.readyState === WebSocket.OPEN) member.send(message);
  }

  async function hear(frame: Frame): Promise<void> {
    if (frame.type === 'hello') name = frame.name;
    else if (frame.type === 'join') join(frame.room);
    else if (frame.type === 'send') await send(frame.room, frame.body);
    else await pool.query({ ...markRead, values: [frame.room, name, frame.number] });
  }

  socket.on('message', (data) => {
    hear(JSON.parse(data.toString())).catch((error: Error) => {
      socket.send(JSON.stringify({ type: 'error', message: error.message }));
    });
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    for (const members of joined) members.delete(socket);
  });
});

server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => process.exit());
