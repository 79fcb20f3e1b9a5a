import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Whether a controller holds the state now: the process named in its lock lives. Null where that cannot be told.
 * The lock is the source's own file; a process of another PID namespace cannot be judged from here.
 */
export async function isControllerRunning(stateFolder: string): Promise<boolean | null> {
  const text = await textOf(path.join(stateFolder, 'lock'));
  if (text === undefined) return false;
  const holder: unknown = JSON.parse(text);
  if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('startTime' in holder))
    return null;
  const stat = await textOf(`/proc/${holder.pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] === holder.startTime;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
