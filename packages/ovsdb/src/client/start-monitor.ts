import type { Follower } from '../replica/follower.ts';
import { type MonitorMethod, monitorMethods } from '../replica/monitor-request.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { refusalWord } from './request-fault.ts';
import type { Session } from './session.ts';

/**
 * Starts a follower's monitor by the best method that the server knows, tried from `from` on, and returns that method.
 * `onContents` is called when the contents are in, before any later update. Rejects as the request does.
 */
export async function startMonitor(
  request: Session['request'],
  follower: Follower,
  schema: DatabaseSchema,
  { from = monitorMethods[0], onContents = () => {} }: { from?: MonitorMethod; onContents?: () => void } = {},
): Promise<MonitorMethod> {
  for (const method of monitorMethods.slice(monitorMethods.indexOf(from))) {
    const accept = (answer: Parameters<Follower['acceptAnswer']>[0]) => {
      follower.acceptAnswer(answer);
      onContents();
    };
    try {
      await request(method, follower.requestParams(schema, method), accept, { loads: true });
      return method;
    } catch (error) {
      if (method === 'monitor' || refusalWord(error) !== 'unknown method') throw error;
    }
  }
  return 'monitor';
}
