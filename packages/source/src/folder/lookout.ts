import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** A folder that is watched for what happens to its entries: all of them, or the one of a name. */
export type Lookout = {
  /** A real path. */
  readonly folder: string;
  /** Changes when another folder stands at the path. */
  readonly inode: string;
  readonly only?: string | undefined;
};

/** The folder a path is in, watched for that path alone. None where there is no such folder. */
export async function lookoutFor(at: string): Promise<readonly Lookout[]> {
  const absolute = path.resolve(at);
  return lookoutOn(path.dirname(absolute), path.basename(absolute));
}

/** The folder of the file that a link leads to in the end. None where it leads nowhere. */
export async function lookoutBehind(link: string): Promise<readonly Lookout[]> {
  try {
    return await lookoutFor(await realpath(link));
  } catch {
    return [];
  }
}

/** A folder, watched for all its entries or for the one of a name. None where there is no such folder. */
export async function lookoutOn(folder: string, only?: string): Promise<readonly Lookout[]> {
  try {
    const { dev, ino } = await stat(folder, { bigint: true });
    return [{ folder: await realpath(folder), inode: `${dev}:${ino}`, only }];
  } catch {
    return [];
  }
}
