import { parseResource, type Resource } from '@berth/api';
import { type Finding, finding } from '@berth/core';
import { SourceFault } from '../fault.ts';
import { effective } from './effective.ts';
import { fieldsOf } from './manifest.ts';
import { type Entry, nothingFilled, type State } from './state.ts';

const apiVersion = 'state.berth.dev/v1';
const kind = 'FolderState';

/** The state as text: one line per object, in the order of their keys. */
export function encodeState(state: State): string {
  const keys = [...state.entries.keys()].sort();
  const lines = keys.map((key) => `  ${JSON.stringify(key)}: ${JSON.stringify(state.entries.get(key))}`);
  const head = { apiVersion, kind, folder: state.folder, epoch: state.epoch };
  return `${JSON.stringify(head).slice(0, -1)}, "entries": {\n${lines.join(',\n')}\n}}\n`;
}

/** A state, and what could not be read of it. */
export type LoadedState = {
  readonly state: State;
  /** By key; each holds as long as the entry under the key is the one that was loaded. */
  readonly damaged: ReadonlyMap<string, Finding>;
};

/**
 * Reads what `encodeState` wrote. An object in it that this version cannot read any more is left out of the listing,
 * with a finding, until the user's file or the controller brings it again.
 *
 * @throws SourceFault `state-foreign`, `state-newer`
 */
export function decodeState(text: string, file: string): LoadedState {
  const stored = fieldsOf(parseJson(text, file));
  refuseOthers(stored, file);
  const entries = new Map<string, Entry>();
  const damaged = new Map<string, Finding>();
  for (const [key, value] of Object.entries(fieldsOf(stored['entries']))) {
    const entry = decodeEntry(fieldsOf(value));
    if (entry === undefined) throw foreign(file, `entry ${key} is incomplete`);
    entries.set(key, entry.entry);
    if (!entry.whole) damaged.set(key, unreadableEntry(key, file));
  }
  return { state: { folder: folderOf(stored), epoch: epochOf(stored, file), entries }, damaged };
}

/** The folder a state is of, as `encodeState` wrote it. @throws SourceFault `state-foreign`, `state-newer` */
export function decodeFolder(text: string, file: string): string | undefined {
  const stored = fieldsOf(parseJson(text, file));
  refuseOthers(stored, file);
  return folderOf(stored);
}

/** The epoch of a state, as `encodeState` wrote it. @throws SourceFault `state-foreign`, `state-newer` */
export function decodeEpoch(text: string, file: string): number {
  const stored = fieldsOf(parseJson(text, file));
  refuseOthers(stored, file);
  return epochOf(stored, file);
}

function epochOf({ epoch }: Readonly<Record<string, unknown>>, file: string): number {
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch)) throw foreign(file, 'it has no epoch');
  return epoch;
}

function folderOf({ folder }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof folder === 'string' ? folder : undefined;
}

function decodeEntry(value: Readonly<Record<string, unknown>>) {
  const { uid, generation, creationTimestamp, deletionTimestamp, finalizers, manifest, own, filled, status } =
    value;
  if (typeof uid !== 'string' || typeof generation !== 'number') return undefined;
  if (typeof creationTimestamp !== 'string' || !Array.isArray(finalizers)) return undefined;
  const { file, resource } = fieldsOf(manifest);
  const userObject = resource === undefined ? undefined : decodeResource(resource);
  const ownObject = own === undefined ? undefined : decodeResource(own);
  const { labels, annotations, spec } = { ...nothingFilled, ...fieldsOf(filled) };
  const entry: Entry = {
    uid,
    generation,
    creationTimestamp,
    ...(typeof deletionTimestamp === 'string' && { deletionTimestamp }),
    finalizers: finalizers.map(String),
    ...(userObject && typeof file === 'string' && { manifest: { file, resource: userObject } }),
    ...(ownObject && { own: ownObject }),
    filled: { labels: texts(labels), annotations: texts(annotations), spec: fieldsOf(spec) },
    ...(status !== undefined && { status }),
  };
  if (!userObject && !ownObject) return { entry, whole: false };
  const { status: _status, ...withoutStatus } = entry;
  const readable = [entry, withoutStatus].find(canList);
  return { entry: readable ?? { ...withoutStatus, filled: nothingFilled }, whole: readable === entry };
}

function canList(entry: Entry): boolean {
  return parseResource(effective(entry)).ok;
}

function decodeResource(value: unknown): Resource | undefined {
  const parsed = parseResource(value);
  return parsed.ok ? parsed.resource : undefined;
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, each]) => [key, String(each)]));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SourceFault('state-foreign', foreignMessage(file, 'it is not whole JSON'), { cause });
  }
}

function refuseOthers({ apiVersion: version, kind: given }: Readonly<Record<string, unknown>>, file: string) {
  if (given === kind && version === apiVersion) return;
  if (given === kind && typeof version === 'string' && version.startsWith('state.berth.dev/')) {
    throw new SourceFault(
      'state-newer',
      `${file} has format ${version}, this Berth writes ${apiVersion}; use the newer Berth`,
    );
  }
  throw foreign(file, 'Berth did not write it');
}

function foreign(file: string, why: string): SourceFault {
  return new SourceFault('state-foreign', foreignMessage(file, why));
}

function foreignMessage(file: string, why: string): string {
  return `${file} is not a state of Berth's (${why}); it is left as it is, restore it or name another folder with --state`;
}

function unreadableEntry(key: string, file: string): Finding {
  return finding('state-foreign', {
    at: { file, line: 1, column: 1 },
    message: `what the state holds for ${key} cannot be read by this version`,
    cure: 'correct the object in its file; what is missing is stored anew',
  });
}
