import type { ResourceSet } from '@berth/api';
import { type Finding, finding } from '@berth/core';
import { folderReader, type Reader, recordedFolder, SourceFault } from '@berth/source';
import { now } from './session.ts';

/** What was applied: a state together with the folder its objects come from. */
export type Stored = AsyncDisposable & {
  readonly reader: Reader;
  /** The folder is gone or cannot be read; the objects are then as they were stored last. */
  readonly findings: readonly Finding[];
};

/** Opens a state with its folder, as far as it can be read. Throws the faults of the state. */
export async function openStored(stateFolder: string): Promise<Stored> {
  const folder = await recordedFolder(stateFolder);
  const reader = folderReader({ folder, stateFolder, now });
  try {
    await reader.list();
    return { reader, findings: [], [Symbol.asyncDispose]: () => reader.close() };
  } catch (fault) {
    await reader.close();
    if (folder === undefined || !isOfFolder(fault)) throw fault;
    const alone = folderReader({ stateFolder, now });
    const lost = finding('unreadable-file', {
      message: fault.message,
      cure: `bring ${folder} back, or go on with another folder: berth apply -f DIR --move-state`,
    });
    return { reader: alone, findings: [lost], [Symbol.asyncDispose]: () => alone.close() };
  }
}

function isOfFolder(fault: unknown): fault is SourceFault {
  return fault instanceof SourceFault && fault.code.startsWith('folder-');
}

/** The objects as a controller listed them last; none when there was none. Throws the faults of the state. */
export async function storedResources(stateFolder: string): Promise<ResourceSet> {
  await using reader = folderReader({ stateFolder, now });
  return (await reader.list()).resources;
}
