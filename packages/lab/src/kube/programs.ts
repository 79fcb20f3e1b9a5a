import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { LabFault } from '../fault.ts';

/** The Kubernetes release that `tools/kube-apiserver` builds; its `go.mod` names the same. */
export const kubernetesRelease = 'v1.37.2';

/** The programs of a control plane without nodes. */
export type KubePrograms = {
  readonly apiserver: string;
  readonly etcd: string;
  /** Undefined when this machine has none. */
  readonly kubectl: string | undefined;
  /** Whether a shell finds one by itself. */
  readonly isKubectlOnPath: boolean;
};

/**
 * Finds the programs: in the folder that KUBEBUILDER_ASSETS names, as the ecosystem's test tools do, else where
 * `tools/kube-apiserver/build.sh` puts them. Undefined when there are none.
 */
export function findKubePrograms(environment: NodeJS.ProcessEnv): KubePrograms | undefined {
  const folder = environment['KUBEBUILDER_ASSETS'] || builtPrograms(environment);
  const apiserver = join(folder, 'kube-apiserver');
  const etcd = join(folder, 'etcd');
  if (!isProgram(apiserver) || !isProgram(etcd)) return undefined;
  const path = (environment['PATH'] ?? '').split(delimiter).filter((each) => each !== '');
  const hasKubectl = (each: string): boolean => isProgram(join(each, 'kubectl'));
  const place = [folder, ...path].find(hasKubectl);
  const kubectl = place && join(place, 'kubectl');
  return { apiserver, etcd, kubectl, isKubectlOnPath: path.some(hasKubectl) };
}

/** As `findKubePrograms`. Throws {@link LabFault} `lab-programs-missing` when there are none. */
export function requireKubePrograms(environment: NodeJS.ProcessEnv): KubePrograms {
  const found = findKubePrograms(environment);
  if (found) return found;
  const folder = environment['KUBEBUILDER_ASSETS'] || builtPrograms(environment);
  throw new LabFault(
    'lab-programs-missing',
    `there is no kube-apiserver and etcd in ${folder}`,
    'build them once with make kube-apiserver, or set KUBEBUILDER_ASSETS to a folder that has them',
  );
}

/** Where the programs of this release are once they are built. */
function builtPrograms(environment: NodeJS.ProcessEnv): string {
  const given = environment['XDG_CACHE_HOME'];
  const cache = given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache');
  return join(cache, 'berth', 'kube-apiserver', kubernetesRelease);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
