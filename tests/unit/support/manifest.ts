import { readText, repositoryFiles } from './repository.ts';

/** The part of a package.json that the checks read. */
export type Manifest = {
  /** Folder of the package, from the top: `packages/net`; empty for the top itself. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** Every package.json of the repository. */
export function manifests(): readonly Manifest[] {
  return repositoryFiles()
    .filter((path) => /^(?:(?:packages|apps)\/[^/]+\/)?package\.json$/.test(path))
    .map((path) => ({ ...JSON.parse(readText(path)), folder: path.replace(/\/?package\.json$/, '') }));
}
