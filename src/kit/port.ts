import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { type Finding, ill, well } from './finding.ts';
import { commandOf } from './processes.ts';

/** Whether one could listen there. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  return code === null ? well(`Port ${port} of ${host} is free`) : ill(portProblem(code, host, port));
}

/** Why listening failed, and what to do. */
export function portProblem(code: string, host: string, port: number): string {
  if (code === 'EADDRINUSE') {
    const user = listener(port);
    return `Port ${port} is in use${user ? ` by ${user}` : ''}; stop that program, or choose another port: --port ${port === 65_535 ? 3000 : port + 1}.`;
  }
  if (code === 'EACCES') return `Port ${port} needs more rights than this user has; choose one from 1024 up, or put a proxy in front.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address "${host}" to listen on; set --host to one of its own, or to 0.0.0.0 for all.`;
  return `Nothing can listen on port ${port} of ${host} (${code}).`;
}

/** The process that listens on a port, where Linux shows it to us. */
function listener(port: number): string | null {
  try {
    const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const sockets = ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(hex) && fields[3] === '0A')
      .map((fields) => `socket:[${fields[9]}]`);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (opened(pid).some((file) => sockets.includes(file))) return `process ${pid} (${commandOf(Number(pid))?.slice(0, 60)})`;
    }
  } catch {
    // No /proc: the sentence does without.
  }
  return null;
}

function opened(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    // Somebody else's process, or gone.
    return [];
  }
}
