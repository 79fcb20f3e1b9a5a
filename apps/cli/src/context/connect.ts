import { connectOvn, type Ovn, type OvnRemotes } from '@berth/engine';
import { OvsdbFault } from '@berth/ovsdb';
import { awaiting } from './aside.ts';
import { CliFault } from './cli-fault.ts';
import { isRemote } from './database-source.ts';

/** Connects to an OVN. Throws CliFault `usage` for saved files, `cannot-tell` with the name of the database that nobody serves, else as it came. */
export async function connect(remotes: OvnRemotes, signal?: AbortSignal): Promise<Ovn> {
  requireServers(remotes);
  try {
    return await awaiting(`NB ${remotes.nb} and SB ${remotes.sb}`, connectOvn(remotes, signal));
  } catch (fault) {
    throw unreachable(fault, remotes) ?? fault;
  }
}

/** Throws CliFault `usage` where a database is named that nobody serves. */
function requireServers({ nb, sb }: OvnRemotes): void {
  const saved = [nb, sb].find((remote) => !isRemote(remote));
  if (saved === undefined) return;
  throw new CliFault(
    'usage',
    `${saved} is no server, and this is about databases that run`,
    'name their servers, as unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT; berth status, get, explain, whatif and audit read saved files',
  );
}

/** A fault of connecting, told with the name of the database and a cure; undefined for every other fault. */
export function unreachable(fault: unknown, { nb, sb }: OvnRemotes): CliFault | undefined {
  if (!(fault instanceof OvsdbFault)) return undefined;
  if (fault.cause instanceof OvsdbFault) return unreachable(fault.cause, { nb, sb });
  if (fault.code !== 'connect-failed' && fault.code !== 'connect-timeout') return undefined;
  const isOf = (remote: string): boolean => remote.split(',').some((each) => fault.message.startsWith(each));
  const name = isOf(nb) ? 'NB ' : isOf(sb) ? 'SB ' : '';
  const cure = 'is ovsdb-server running there?';
  return new CliFault('cannot-tell', `${name}${reasonOf(fault)}`, cure, { retry: 'backoff', cause: fault });
}

/** What went wrong with a connection, in words instead of the name of a system call. */
export function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  return fault.message
    .replace(/connect ECONNREFUSED.*/, 'connection refused')
    .replace(/connect ENOENT.*/, 'there is no such socket')
    .replace(/connect EACCES.*/, 'access denied');
}
