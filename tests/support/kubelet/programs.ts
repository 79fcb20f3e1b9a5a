import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../../tools/kubelet/build.sh');

/** The folder of kubelet, containerd, its shim and its client. Throws an error that says why they are not there. */
export function kubeletPrograms(): string {
  return execFileSync('bash', [script, '--find'], { encoding: 'utf8', stdio: 'pipe' }).trim();
}
