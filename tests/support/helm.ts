import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { KubeAccess } from './kube-bench.ts';

const run = promisify(execFile);

/** The release that `tools/helm/build.sh` builds, which names the same. */
const release = 'v4.3.2';

/** The helm that `tools/helm/build.sh` built; undefined where it could not. */
export function findHelm(environment: NodeJS.ProcessEnv): string | undefined {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const program = join(cache, 'berth/helm', release, 'helm');
  try {
    accessSync(program, constants.X_OK);
    return program;
  } catch {
    return undefined;
  }
}

/** helm as a cluster's administrator. What it keeps for itself goes with the cluster. Gives what it prints. */
export async function helm(kube: KubeAccess, ...words: readonly string[]): Promise<string> {
  const own = join(kube.folder, 'helm');
  const env = {
    PATH: process.env['PATH'],
    HOME: own,
    HELM_CACHE_HOME: own,
    HELM_CONFIG_HOME: own,
    HELM_DATA_HOME: own,
    KUBECONFIG: kube.kubeconfig(),
  };
  const { stdout } = await run(findHelm(process.env) ?? 'helm', words, { env, maxBuffer: 2 ** 26 });
  return stdout;
}
