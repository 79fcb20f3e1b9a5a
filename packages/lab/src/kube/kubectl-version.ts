import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { kubernetesRelease } from './programs.ts';

const run = promisify(execFile);
const limitMs = 3_000;

/** The version of the kubectl that a shell finds, as `v1.37.2`; undefined where there is none or it does not say. */
export async function kubectlVersion(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const words = ['version', '--client', '-o', 'json'];
    const { stdout } = await run('kubectl', words, { env: environment, timeout: limitMs });
    return /"gitVersion": *"(v[^"]+)"/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** Whether a kubectl may speak to the API server of a lab: one minor version older to one newer (Kubernetes, "Version Skew Policy"). */
export function fitsRelease(version: string, release: string = kubernetesRelease): boolean {
  const [own, other] = [minorOf(version), minorOf(release)];
  return own === undefined || other === undefined || Math.abs(own - other) <= 1;
}

function minorOf(version: string): number | undefined {
  const minor = /^v1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
