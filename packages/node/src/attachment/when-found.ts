import { CniFault } from '../cni/cni-fault.ts';
import type { AddRequest } from '../cni/wire.ts';
import type { Workload } from '../workload/workload.ts';
import { type Found, findWorkload } from './find-workload.ts';
import type { SandboxPlace } from './place.ts';
import { podResources } from './pod-resources.ts';

/**
 * Waits until the controller has given a sandbox's pod its address. Throws CniFault `try-again-later` when it takes too long,
 * SourceFault when the cluster cannot be read, and the signal's reason.
 */
export async function whenFound(
  { host, pods, times }: SandboxPlace,
  request: AddRequest,
  signal: AbortSignal,
): Promise<Extract<Found, { readonly workload: Workload }>> {
  let changed = Promise.withResolvers<void>();
  using _watch = pods.watch(() => changed.resolve());
  const late = AbortSignal.timeout(times.addressMs);
  const ended = new Promise<void>((resolve) => {
    for (const each of [late, signal]) each.addEventListener('abort', () => resolve());
  });
  for (;;) {
    signal.throwIfAborted();
    changed = Promise.withResolvers<void>();
    const found = findWorkload(await podResources(pods, request), host.node, request);
    if (found.workload) return found;
    if (late.aborted) {
      const { namespace, name } = request.pod;
      throw new CniFault(
        'try-again-later',
        `after ${times.addressMs} ms ${found.missing}`,
        `is berth-controller running? kubectl -n ${namespace} describe pod ${name} tells what it says of the pod`,
      );
    }
    await Promise.race([changed.promise, ended]);
  }
}
