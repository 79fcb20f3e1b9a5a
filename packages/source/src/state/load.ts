import type { Finding } from '@berth/core';
import { decodeEpoch, decodeFolder, decodeState, type LoadedState } from './codec.ts';
import { emptyState, type State } from './state.ts';
import { loadState, stateFile } from './state-file.ts';

/** Loads the state of a folder; an empty one where none was stored. @throws SourceFault */
export async function load(stateFolder: string): Promise<LoadedState> {
  const text = await loadState(stateFolder);
  return text === undefined
    ? { state: emptyState, damaged: new Map() }
    : decodeState(text, stateFile(stateFolder));
}

/** The real path of the folder a state is of; undefined where none was stored. @throws SourceFault */
export async function recordedFolder(stateFolder: string): Promise<string | undefined> {
  const text = await loadState(stateFolder);
  return text === undefined ? undefined : decodeFolder(text, stateFile(stateFolder));
}

/** The epoch of a state, without a look at its objects; 0 where none was stored. @throws SourceFault */
export async function recordedEpoch(stateFolder: string): Promise<number> {
  const text = await loadState(stateFolder);
  return text === undefined ? emptyState.epoch : decodeEpoch(text, stateFile(stateFolder));
}

/** What could not be read when the state was loaded, and was not replaced since. */
export function stillDamaged({ state: loaded, damaged }: LoadedState, now: State): readonly Finding[] {
  return [...damaged].flatMap(([key, finding]) =>
    now.entries.get(key) === loaded.entries.get(key) ? finding : [],
  );
}
