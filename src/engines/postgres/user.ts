import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The system's user whom PostgreSQL runs as; null: the one we are. */
export type RunAs = { uid: number; gid: number; name: string } | null;

/**
 * PostgreSQL refuses to run as root. Then it runs as the owner of the data folder, or as `nobody` where that is root
 * too or somebody whom /etc/passwd does not know (initdb asks for a name).
 */
export function chooseUser(folder: string): RunAs {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const owner = statSync(folder).uid;
  const user = users.find(({ uid }) => uid !== 0 && uid === owner) ?? users.find(({ name }) => name === 'nobody');
  if (!user) throw new Error('There is no user "nobody" whom PostgreSQL could run as.');
  return user;
}

/** True when that user may walk down to this path and read it, as far as the modes of files tell. */
export function canReach(user: RunAs, path: string): boolean {
  if (!user) return true;
  for (let at = path; ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    const rights = (mode >> shift) & 7;
    if ((at === path ? rights & 5 : rights & 1) !== (at === path ? 5 : 1)) return false;
    if (at === dirname(at)) return true;
  }
}
