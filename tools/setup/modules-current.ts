// Exits 0 if node_modules holds what package-lock.json lists, else 1. Runs before any module is installed.
import { readFileSync } from 'node:fs';

type Package = {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
};
type Packages = Readonly<Record<string, Package>>;

const root = new URL('../../', import.meta.url);

/** The `packages` of a lock file; none if the file is not there. */
function packagesOf(file: string): Packages {
  try {
    return (JSON.parse(readFileSync(new URL(file, root), 'utf8')) as { packages: Packages }).packages;
  } catch {
    return {};
  }
}

/** npm leaves out optional packages made for another platform. */
function isInstalled(wanted: Package, found: Package | undefined): boolean {
  if (found === undefined) return wanted.optional === true;
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
