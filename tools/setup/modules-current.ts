// Exits 0 if node_modules holds what package-lock.json lists, else 1. Runs before any module is installed.
import { readFileSync } from 'node:fs';

type Package = {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
};
type Packages = Readonly<Record<string, Package>>;

const root = new URL('../../', import.meta.url);

/** The `packages` of a lock file; none if the file is not there. */
function packagesOf(file: string): Packages {
  try {
    const lock: { readonly packages: Packages } = JSON.parse(readFileSync(new URL(file, root), 'utf8'));
    return lock.packages;
  } catch {
    return {};
  }
}

/** Built for this machine and no other; these systems have the GNU C library. */
function isForThisMachine({ os, cpu, libc = ['glibc'] }: Package): boolean {
  return (
    os?.includes(process.platform) === true && cpu?.includes(process.arch) === true && libc.includes('glibc')
  );
}

/** npm leaves out optional packages that are made for another platform, and what only those need. */
function isInstalled(wanted: Package, found: Package | undefined): boolean {
  if (found === undefined) return wanted.optional === true && !isForThisMachine(wanted);
  return (
    found.version === wanted.version && found.integrity === wanted.integrity && found.link === wanted.link
  );
}

const listed = packagesOf('package-lock.json');
const installed = packagesOf('node_modules/.package-lock.json');
const missing = Object.keys(listed).filter(
  (path) => path !== '' && !isInstalled(listed[path] ?? {}, installed[path]),
);
const leftOver = Object.keys(installed).filter((path) => listed[path] === undefined);
process.exitCode = missing.length + leftOver.length === 0 ? 0 : 1;
