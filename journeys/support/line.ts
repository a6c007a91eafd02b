import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut: what lies between a person and the network. */
export interface Line {
  base: string;
  /** Ends all connections and lets no new one through. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** @param to the server's address */
export async function createLine(to: string): Promise<Line> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let door: Server | null = null;

  function pass(inside: Socket): void {
    const outside = connect(Number(port), hostname);
    for (const [one, other] of [[inside, outside] as const, [outside, inside] as const]) {
      sockets.add(one);
      one.pipe(other);
      // Whatever ends one side ends the other; that is all there is to say about it.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }

  const listen = (at: number) =>
    new Promise<number>((resolve, reject) => {
      door = createServer(pass)
        .once('error', reject)
        .listen(at, 'localhost', () => {
          const address = door?.address();
          resolve(typeof address === 'object' && address !== null ? address.port : 0);
        });
    });
  const own = await listen(0);

  return {
    base: `http://localhost:${own}`,
    async cut() {
      const closing = door;
      door = null;
      const closed = new Promise<void>((resolve) => (closing === null ? resolve() : closing.close(() => resolve())));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async mend() {
      if (door === null) await listen(own);
    },
  };
}
