import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { OvsdbFault } from '@berth/ovsdb';
import { type DatabaseFile, readDatabaseFile } from '@berth/ovsdb/file';
import type { Tables } from '@berth/ovsdb/value';
import { CliFault } from './cli-fault.ts';

/** How often, and after how long, a file that changed while it was read is read again. */
const retries = { count: 5, pauseMs: 100 } as const;

/**
 * Reads a database file, standalone or clustered. One that its server appends to or compacts meanwhile is read again until it
 * stood still. Throws CliFault `bad-input` for what is no whole database file, `cannot-tell` for one that never stands still.
 */
export async function openDatabaseFile<T extends Tables>(file: string): Promise<DatabaseFile<T>> {
  for (let attempt = 0; ; attempt++) {
    const { bytes, isStill } = await readStill(file);
    try {
      if (isStill) return readDatabaseFile<T>(bytes);
    } catch (fault) {
      throw unreadable(file, fault);
    }
    if (attempt === retries.count) {
      const cure = 'copy it, or name its server instead';
      throw new CliFault('cannot-tell', `${file} changes all the time`, cure, { retry: 'backoff' });
    }
    await sleep(retries.pauseMs);
  }
}

/** The bytes of a file, and whether it was the same file of the same size before and after. */
async function readStill(file: string): Promise<{ readonly bytes: Uint8Array; readonly isStill: boolean }> {
  try {
    const before = await stat(file);
    if (!before.isFile()) throw new CliFault('bad-input', `${file} is no file`, 'name a database file');
    const bytes = await readFile(file);
    const after = await stat(file);
    const isSame = before.ino === after.ino && before.mtimeMs === after.mtimeMs && before.size === after.size;
    return { bytes, isStill: isSame && bytes.length === after.size };
  } catch (fault) {
    throw unopened(file, fault);
  }
}

/** A file that cannot be opened, told in words, with what to do. */
export function unopened(
  file: string,
  fault: unknown,
  cure = 'name a database file, or a server as unix:PATH or tcp:HOST:PORT',
): unknown {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  const why =
    code === 'ENOENT'
      ? `there is no file ${file}`
      : code === 'EACCES'
        ? `${file} may not be read`
        : undefined;
  if (why === undefined) return fault;
  return new CliFault('bad-input', why, cure, { cause: fault });
}

function unreadable(file: string, fault: unknown): unknown {
  if (!(fault instanceof OvsdbFault)) return fault;
  const cure =
    fault.code === 'truncated-file'
      ? 'copy it again, whole'
      : 'name a file of ovsdb-server, such as ovnnb_db.db';
  return new CliFault('bad-input', `${file}: ${fault.message}`, cure, { cause: fault });
}
