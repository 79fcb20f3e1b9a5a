import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { SourceFault } from '../fault.ts';
import type { State } from '../state/state.ts';
import type { FolderReading } from './folder-reading.ts';

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

/** Whether a state's objects came from another folder than this one, a real path. */
export function isOfOther(state: State, folder: string): boolean {
  return state.folder !== undefined && state.folder !== folder;
}

/** The SourceFault `state-of-other-folder`; `folder` is a real path, and `reading` what it holds. */
export function otherFolderFault(
  state: State,
  folder: string,
  stateFolder: string,
  reading: FolderReading,
): SourceFault {
  const stay = `to go on with ${state.folder}, name that one`;
  const move = `to go on with ${folder} in its place, add --move-state to berth apply or berth run (berth plan shows what that would delete); `;
  return new SourceFault(
    'state-of-other-folder',
    `the state in ${stateFolder} is of ${state.folder}, not of ${folder}; ${stay}; ${reading.objects.size > 0 ? move : ''}to have both at once, give this one a name of its own: --instance NAME; for another OVN, name a state of its own: --state DIR`,
  );
}

/**
 * What a folder cannot tell has no last good version while the state is of another one: it would count as deleted.
 *
 * @throws SourceFault `move-refused`; `folder` is a real path, and `reading` what it holds.
 */
export function refuseUnreadMove(state: State, folder: string, { unread, objects }: FolderReading): void {
  if (!isOfOther(state, folder) || (!unread && objects.size > 0)) return;
  const why = unread ? `${unread.at.file}:${unread.at.line}: ${unread.message}` : 'it holds no object';
  const cure = unread ? 'correct that, or name another folder' : 'name a folder that holds objects';
  throw new SourceFault(
    'move-refused',
    `${folder} cannot take the place of ${state.folder} (${why}); nothing was changed, and the state is still of ${state.folder}; ${cure}, then add --move-state again`,
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
