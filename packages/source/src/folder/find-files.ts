import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SourceFault } from '../fault.ts';
import { type Lookout, lookoutBehind, lookoutFor, lookoutOn } from './lookout.ts';

/** A YAML file of the folder. */
export type FoundFile = {
  /** The folder's path as it was given, and the file's place in it. */
  readonly path: string;
  /** Changes when the contents may have; undefined when the file cannot even be looked at. */
  readonly stamp: string | undefined;
  readonly modifiedMs: number;
  /** What it is, links followed, where it is no regular file: opening that may wait for ever, or do something. */
  readonly irregular?: string | undefined;
};

/**
 * All `*.yaml` and `*.yml` under a folder, in the order of their paths; or the one file, if it is one. Links are
 * followed; names that begin with a dot are left out, and with them the hidden folders of ConfigMap mounts.
 *
 * @throws SourceFault `folder-missing`, `folder-unreadable`
 */
export async function findFiles(folder: string): Promise<readonly FoundFile[]> {
  return (await survey(folder)).files;
}

/** The files, and the folders whose events tell of their changes. */
export type Survey = { readonly files: readonly FoundFile[]; readonly lookouts: readonly Lookout[] };

/** Finds the files as `findFiles` does, with what to watch. @throws SourceFault */
export async function survey(folder: string): Promise<Survey> {
  const { paths, lookouts } = await walk(folder, new Set());
  const files = await Promise.all(paths.map(statFile));
  files.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
  return { files, lookouts };
}

type Walked = { readonly paths: readonly string[]; readonly lookouts: readonly Lookout[] };

async function walk(folder: string, seen: Set<string>): Promise<Walked> {
  const entries = await entriesOf(folder);
  const real = await realpath(folder);
  if (entries === 'file') return { paths: [folder], lookouts: await lookoutFor(real) };
  if (seen.has(real)) return { paths: [], lookouts: [] };
  seen.add(real);
  const paths: string[] = [];
  const lookouts: Lookout[] = [...(await lookoutOn(real))];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const at = path.join(folder, entry.name);
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(at)))) {
      const within = await walk(at, seen);
      paths.push(...within.paths);
      lookouts.push(...within.lookouts);
    } else if (/\.ya?ml$/.test(entry.name)) {
      paths.push(at);
      if (entry.isSymbolicLink()) lookouts.push(...(await lookoutBehind(at)));
    }
  }
  return { paths, lookouts };
}

async function entriesOf(folder: string) {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOTDIR') return 'file';
    if (code === 'ENOENT') {
      throw new SourceFault(
        'folder-missing',
        `there is no folder ${folder}; nothing is changed until it is back`,
        {
          cause,
        },
      );
    }
    throw new SourceFault(
      'folder-unreadable',
      `folder ${folder} cannot be read (${code}); nothing is changed`,
      {
        cause,
      },
    );
  }
}

/** One file as it is now; without a stamp if there is none. */
export async function statFile(file: string): Promise<FoundFile> {
  try {
    const stats = await stat(file, { bigint: true });
    const { mtimeNs, ctimeNs, size, ino, dev } = stats;
    const stamp = [mtimeNs, ctimeNs, size, ino, dev].join(':');
    const modifiedMs = Number(ctimeNs / 1_000_000n);
    return { path: file, stamp, modifiedMs, irregular: irregularOf(stats) };
  } catch {
    return { path: file, stamp: undefined, modifiedMs: 0 };
  }
}

/** What something is that is no regular file; undefined for one. */
function irregularOf(stats: BigIntStats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  if (stats.isDirectory()) return 'a directory';
  return 'a device';
}

async function isFolder(at: string): Promise<boolean> {
  try {
    return (await stat(at)).isDirectory();
  } catch {
    return false;
  }
}

/** The `code` of an error of the system, as `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
