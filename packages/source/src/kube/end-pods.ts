import type { Pod } from '@berth/api';
import { Api } from './api/api.ts';
import { ApiError, faultOf } from './api/api-error.ts';
import type { ClusterChoice } from './api/connection.ts';
import { resourcePath } from './api/resource-path.ts';

/**
 * Says of pods on their way out that nothing of them runs any more, as a kubelet does in the end: they go, but for what a finalizer
 * holds. One that is gone already, or was made anew under its name, is left alone. Throws SourceFault.
 */
export async function endPods(cluster: ClusterChoice, pods: readonly Pod[]): Promise<void> {
  const api = new Api(cluster);
  try {
    for (const { metadata } of pods) {
      const { name, namespace, uid } = metadata;
      const body = {
        ...{ apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 },
        ...(uid !== undefined && { preconditions: { uid } }),
      };
      const path = resourcePath('Pod', { name, namespace });
      await api.call({ method: 'DELETE', path, body }).catch((error: unknown) => {
        if (error instanceof ApiError && isOver(error)) return;
        throw faultOf(error, `the pod ${namespace}/${name} is not let go`, api.server);
      });
    }
  } finally {
    await api.close();
  }
}

/** Not found, or another one of the name. */
function isOver({ status }: ApiError): boolean {
  return status === 404 || status === 409;
}
