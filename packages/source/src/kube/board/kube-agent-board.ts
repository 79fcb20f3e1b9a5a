import { agentKinds, apiVersionOf, type NodeOrder, type NodeReport } from '@berth/api';
import type { AgentBoard } from '../../board/board.ts';
import type { SourceFault } from '../../fault.ts';
import { Api, type ApiTimes, type CallObserver } from '../api/api.ts';
import { ApiError, faultOf } from '../api/api-error.ts';
import type { ClusterChoice } from '../api/connection.ts';
import type { JsonObject } from '../api/json.ts';
import { resourcePath } from '../api/resource-path.ts';
import { isRawObject, rawVersion } from '../watch/raw-object.ts';
import type { ReflectorObserver, ReflectorTimes } from '../watch/reflector.ts';
import { oneObject } from '../watch/scope.ts';
import { fieldManagers } from '../write/owned.ts';
import { type AgentObjects, followAgentObjects, readAgentObject } from './agent-objects.ts';
import { Backoff } from './backoff.ts';

export type KubeAgentBoardOptions = ClusterChoice & {
  readonly node: string;
  readonly observe?: (Partial<ReflectorObserver> & { called?: CallObserver }) | undefined;
  readonly times?: Partial<ApiTimes & ReflectorTimes> | undefined;
};

/** A report that takes longer has become another one meanwhile. */
const answerMs = 5_000;

/** After a failure: the longest pause is shorter than what the board's users wait for a sign of life that is late. */
const [firstPauseMs, longestPauseMs] = [200, 5_000];

/** A node's side of a board on a cluster. @throws SourceFault `cluster-config` */
export function kubeAgentBoard(options: KubeAgentBoardOptions): AgentBoard {
  return new KubeAgentBoard(options);
}

/** The node's report as it is on the cluster. */
type Known = {
  readonly version: string;
  readonly report: NodeReport | undefined;
  /** We wrote it, so that a later one of somebody else makes our next write fail. */
  readonly isOurs: boolean;
};

/**
 * It follows the node's order with a watch of that one object. A report is applied to the version that is known: another
 * agent that wrote meanwhile is noticed by that, and no report is read before each write.
 */
class KubeAgentBoard implements AgentBoard {
  readonly #node: string;
  readonly #api: Api;
  readonly #orders: AgentObjects<'NodeOrder'>;
  readonly #listeners = new Set<() => void>();
  readonly #backoff = new Backoff(firstPauseMs, longestPauseMs);
  #last: NodeOrder | undefined;
  #known: Known | undefined;
  /** A call failed, and the order was not asked for since. */
  #wasAway = false;

  constructor({ node, observe, times, ...choice }: KubeAgentBoardOptions) {
    this.#node = node;
    this.#api = new Api(choice, observe?.called, { answerMs, ...times });
    const scope = oneObject(node);
    this.#orders = followAgentObjects('NodeOrder', { api: this.#api, scope, observe, times }, () => {
      for (const listener of this.#listeners) listener();
    });
  }

  async order(): Promise<NodeOrder | undefined> {
    this.#last = this.#orders.cache.entries.get(`/${this.#node}`)?.object ?? this.#last;
    return this.#last;
  }

  async reported(): Promise<NodeReport | undefined> {
    if (!this.#known?.isOurs) await this.#look();
    return this.#known?.report;
  }

  async report(report: NodeReport): Promise<void> {
    const known = this.#known;
    this.#known = undefined;
    const answer = await this.#called('reporting', () =>
      this.#api.call({
        method: 'PATCH',
        path: this.#path('NodeReport'),
        query: { fieldManager: fieldManagers.agent, force: 'true' },
        patch: 'apply',
        body: {
          apiVersion: apiVersionOf(agentKinds.NodeReport),
          kind: 'NodeReport',
          metadata: { name: this.#node, ...(known && { resourceVersion: known.version }) },
          status: report.status,
        },
      }),
    );
    if (isRawObject(answer)) this.#known = { version: rawVersion(answer), report, isOurs: true };
    if (this.#wasAway) this.#wasAway = !(await this.#lookAtOrder());
  }

  watch(onChange: () => void): Disposable {
    this.#listeners.add(onChange);
    return { [Symbol.dispose]: () => void this.#listeners.delete(onChange) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.#orders[Symbol.asyncDispose]();
    await this.#api.close();
  }

  /** Reads the report that there is, whoever wrote it. */
  async #look(): Promise<void> {
    const raw = await this.#readReport();
    this.#known = isRawObject(raw)
      ? { version: rawVersion(raw), report: readAgentObject('NodeReport', raw), isOurs: false }
      : undefined;
  }

  /** A watch may notice late that it is dead; who can be reached again asks. Says whether there was an answer. */
  async #lookAtOrder(): Promise<boolean> {
    const asked = { method: 'GET', path: this.#path('NodeOrder') } as const;
    try {
      const raw = await this.#api.call(asked);
      if (isRawObject(raw)) this.#orders.cache.put(raw);
      return true;
    } catch (error) {
      return error instanceof ApiError && error.status === 404;
    }
  }

  /** The node's report; undefined when there is none. */
  #readReport(): Promise<JsonObject | undefined> {
    return this.#called('reading the report', async () => {
      try {
        return await this.#api.call({ method: 'GET', path: this.#path('NodeReport') });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    });
  }

  /** One call, unless the one before failed just now. @throws SourceFault */
  async #called<T>(doing: string, call: () => Promise<T>): Promise<T> {
    this.#backoff.refuse(performance.now());
    try {
      const answer = await call();
      this.#backoff.succeeded();
      return answer;
    } catch (error) {
      const fault: SourceFault = faultOf(error, `${doing} of node ${this.#node}`, this.#api.server);
      // That somebody else wrote is no reason to wait: whoever asks next sees who it was.
      if (fault.code !== 'stale-write') {
        this.#wasAway = true;
        const askedMs = error instanceof ApiError ? error.retryAfterMs : undefined;
        this.#backoff.failed(fault, performance.now(), askedMs);
      }
      throw fault;
    }
  }

  #path(kind: 'NodeReport' | 'NodeOrder'): string {
    return resourcePath(kind, { name: this.#node });
  }
}
