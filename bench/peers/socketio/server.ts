/**
 * A chat as one writes it with Socket.IO and `pg`: a message is inserted, and when PostgreSQL has committed it, emitted to
 * its room. By WebSocket alone and without compression, as its manual advises for load. Nobody is asked who they are.
 */
import { createServer } from 'node:http';
import pg from 'pg';
import { Server } from 'socket.io';

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

const server = createServer();
const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });

io.on('connection', (socket) => {
  const name = String(socket.handshake.query['name'] ?? '');
  const failed = (error: Error) => socket.emit('problem', error.message);

  socket.on('join', (room: string, done: () => void) => {
    void socket.join(room);
    done();
  });
  socket.on('send', (room: string, body: string) => {
    pool
      .query({ ...insert, values: [room, name, body] })
      .then(({ rows }) => io.to(room).emit('message', { ...rows[0], room, author: name, body }))
      .catch(failed);
  });
  socket.on('read', (room: string, message: number) => {
    pool.query({ ...markRead, values: [room, name, message] }).catch(failed);
  });
});

server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => process.exit());
