import type { Failure } from '@berth/core';
import { readEntries, readRegistry } from './entry.ts';
import { readInForce } from './in-force.ts';
import { labsDirectory } from './paths.ts';

/** A lab that runs, as far as its registry tells without anybody entering it. */
export type LivingLab = {
  readonly name: string;
  readonly directory: string;
  readonly nodes: readonly string[];
  /** The administrator's; undefined for a lab without a cluster. */
  readonly kubeconfig: string | undefined;
  /** What is broken now. */
  failures(): readonly Failure[];
};

/** Every living lab of this user, by name. A door of its own, for those who have no time for the rest of this package. */
export function livingLabs(): readonly LivingLab[] {
  return readEntries(labsDirectory(process.env, process.getuid?.() ?? 0)).map(
    ({ plan: { name, directory, nodes } }) => ({
      ...{ name, directory, nodes: nodes.map((node) => node.name) },
      kubeconfig: readRegistry(directory, 'kube.json', isKube)?.kubeconfigs['admin'],
      failures: () => readInForce(directory).map(({ failure }) => failure),
    }),
  );
}

type Kube = { readonly kubeconfigs: Readonly<Record<string, string>> };

function isKube(value: unknown): value is Kube {
  return typeof value === 'object' && value !== null && 'kubeconfigs' in value;
}
