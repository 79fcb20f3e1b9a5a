import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { SourceFault } from '../fault.ts';
import type { State } from '../state/state.ts';

/** The real path of the user's folder. @throws SourceFault `folder-missing` */
export async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (cause) {
    throw new SourceFault('folder-missing', `there is no folder ${folder}`, { cause });
  }
}

/** @throws SourceFault `state-inside-folder`; `folder` is a real path. */
export async function refuseInside(folder: string, stateFolder: string): Promise<void> {
  const relative = path.relative(folder, await nearestReal(path.resolve(stateFolder)));
  if (relative === '..' || relative.startsWith(`..${path.sep}`)) return;
  throw new SourceFault(
    'state-inside-folder',
    `${stateFolder} is inside ${folder}; name a folder outside it with --state`,
  );
}

/** @throws SourceFault `state-of-other-folder`; `folder` is a real path. */
export function refuseOtherFolder(state: State, folder: string, stateFolder: string): void {
  if (state.folder === undefined || state.folder === folder) return;
  throw new SourceFault(
    'state-of-other-folder',
    `the state in ${stateFolder} is of ${state.folder}, not of ${folder}; to go on with ${folder} in its place, add --move-state (plan with it shows what that would delete); to have both at once, give this one a name of its own: --instance NAME; to try it on its own, name an empty folder: --state DIR`,
  );
}

/** @throws SourceFault `folder-empty` when a folder that held objects holds no file any more, as after an unmount. */
export function refuseEmpty(state: State, fileCount: number, folder: string): void {
  const held = [...state.entries.values()].some((entry) => entry.manifest && !entry.deletionTimestamp);
  if (fileCount > 0 || !held) return;
  throw new SourceFault(
    'folder-empty',
    `${folder} holds no YAML file any more; nothing is deleted. To delete everything, put an empty .yaml file there`,
  );
}

/** The real path of a folder that may not exist yet. */
async function nearestReal(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(await nearestReal(parent), path.basename(folder));
  }
}
