import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { SourceFault } from '../fault.ts';

/** A YAML file of the folder. */
export type FoundFile = {
  /** The folder's path as it was given, and the file's place in it. */
  readonly path: string;
  /** Changes when the contents may have; undefined when the file cannot even be looked at. */
  readonly stamp: string | undefined;
  readonly modifiedMs: number;
};

/** Changes when a file of interest may have; `gone` when there is none to look at. */
export type Signature = string;

/** What the YAML files of a folder look like now. */
export async function lookAtFolder(folder: string): Promise<Signature> {
  try {
    return signatureOf(await findFiles(folder));
  } catch {
    return 'gone';
  }
}

/** What one file looks like now. */
export async function lookAtFile(file: string): Promise<Signature> {
  return (await look(file)).stamp ?? 'gone';
}

/** What these files look like. */
export function signatureOf(files: readonly FoundFile[]): Signature {
  return files.map(({ path, stamp }) => `${path} ${stamp}`).join('\n');
}

/**
 * All `*.yaml` and `*.yml` under a folder, in the order of their paths; or the one file, if it is one. Links are
 * followed; names that begin with a dot are left out, and with them the hidden folders of ConfigMap mounts.
 *
 * @throws SourceFault `folder-missing`, `folder-unreadable`
 */
export async function findFiles(folder: string): Promise<readonly FoundFile[]> {
  const paths = await walk(folder, new Set());
  const files = await Promise.all(paths.map(look));
  return files.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
}

async function walk(folder: string, seen: Set<string>): Promise<readonly string[]> {
  const entries = await entriesOf(folder);
  if (entries === 'file') return [folder];
  const real = await realpath(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const at = path.join(folder, entry.name);
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(at)))) {
      found.push(...(await walk(at, seen)));
    } else if (/\.ya?ml$/.test(entry.name)) {
      found.push(at);
    }
  }
  return found;
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

async function look(file: string): Promise<FoundFile> {
  try {
    const { mtimeNs, ctimeNs, size, ino, dev } = await stat(file, { bigint: true });
    const stamp = [mtimeNs, ctimeNs, size, ino, dev].join(':');
    return { path: file, stamp, modifiedMs: Number(ctimeNs / 1_000_000n) };
  } catch {
    return { path: file, stamp: undefined, modifiedMs: 0 };
  }
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
