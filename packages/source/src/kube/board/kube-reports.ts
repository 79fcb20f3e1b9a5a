import type { NodeReport } from '@berth/api';
import { Api } from '../api/api.ts';
import { faultOf } from '../api/api-error.ts';
import type { ClusterChoice } from '../api/connection.ts';
import { listIn, objectIn, textIn } from '../api/json.ts';
import { resourcePath } from '../api/resource-path.ts';
import { isRawObject } from '../watch/raw-object.ts';
import { readAgentObject } from './agent-objects.ts';

const pageSize = '500';

/** The reports there are on a cluster now. One that cannot be read is left out. @throws SourceFault */
export async function kubeReports(cluster: ClusterChoice): Promise<readonly NodeReport[]> {
  const api = new Api(cluster, undefined, { answerMs: 5_000 });
  const reports: NodeReport[] = [];
  try {
    let next: string | undefined;
    do {
      const query = { limit: pageSize, continue: next };
      const page = await api.call({ method: 'GET', path: resourcePath('NodeReport'), query });
      const items = listIn(page, 'items').filter(isRawObject);
      reports.push(...items.flatMap((raw) => readAgentObject('NodeReport', raw) ?? []));
      next = textIn(objectIn(page, 'metadata'), 'continue') || undefined;
    } while (next !== undefined);
    return reports;
  } catch (error) {
    throw faultOf(error, 'listing nodereports', api.server);
  } finally {
    await api.close();
  }
}
