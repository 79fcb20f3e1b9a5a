import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { controllerFinalizer, type OvnEip, type ResourceByKind } from '@berth/api';
import { SourceFault } from '../fault.ts';
import type { Listing, Source } from '../source.ts';
import { type FolderSourceOptions, openFolderSource } from './folder-source.ts';

/** A folder and a state of their own for one test. */
export type Place = {
  readonly root: string;
  readonly folder: string;
  readonly stateFolder: string;
  /** Writes a file of the folder. */
  write(name: string, text: string): Promise<void>;
  /** Opens the folder as a source that is closed with the place. */
  open(options?: Partial<FolderSourceOptions>): Promise<Source>;
  dispose(): Promise<void>;
};

/** Makes a place under the temporary folder. Uids count up, and the clock stands still. */
export async function makePlace(): Promise<Place> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'berth-source-'));
  const folder = path.join(root, 'manifests');
  const stateFolder = path.join(root, 'state');
  await mkdir(folder);
  const opened: Source[] = [];
  let uids = 0;
  const newUid = () => {
    uids += 1;
    return `uid-${uids}`;
  };
  return {
    root,
    folder,
    stateFolder,
    write: (name, text) => writeFile(path.join(folder, name), text),
    open: async (options = {}) => {
      const identify = { now: () => '2026-01-02T03:04:05Z', newUid };
      const source = await openFolderSource({ folder, stateFolder, identify, settleMs: 5, ...options });
      opened.push(source);
      return source;
    },
    dispose: async () => {
      for (const source of opened) await source.close();
      await rm(root, { recursive: true });
    },
  };
}

/** The YAML of an OvnEip. */
export function eipText(name: string, spec = '{externalSubnet: external0}'): string {
  return `apiVersion: kubeovn.io/v1\nkind: OvnEip\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}

/** The names of the listed OvnEips. */
export function names({ resources }: Listing): readonly string[] {
  return resources.OvnEip.map(({ metadata }) => metadata.name);
}

/** The one object of a kind. */
export function only<K extends 'OvnEip' | 'Node' | 'IP' | 'Pod'>(
  listing: Listing,
  kind: K,
): ResourceByKind[K] {
  const [first, ...rest] = listing.resources[kind];
  if (!first || rest.length > 0) throw new Error(`not one ${kind}`);
  return first;
}

/** The object with our finalizer, and with other fields changed. */
export function held(eip: OvnEip, changes: Partial<OvnEip> = {}): OvnEip {
  return { ...eip, ...changes, metadata: { ...eip.metadata, finalizers: [controllerFinalizer] } };
}

/** The code of the fault some work ends with; the error itself as a text if it is no fault of ours. */
export async function faultOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'no error',
    (cause: unknown) => cause,
  );
  return error instanceof SourceFault ? error.code : `${error}`;
}
