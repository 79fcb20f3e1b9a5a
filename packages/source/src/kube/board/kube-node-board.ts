import { isDeepStrictEqual } from 'node:util';
import { agentKinds, apiVersionOf, type NodeOrder, nodeOrderSchema } from '@berth/api';
import type { NodeBoard } from '../../board/board.ts';
import { ApiError, faultOf } from '../api/api-error.ts';
import type { JsonObject } from '../api/json.ts';
import { resourcePath } from '../api/resource-path.ts';
import { isRawObject, rawVersion } from '../watch/raw-object.ts';
import type { Definition } from '../write/definition.ts';
import { fieldManagers } from '../write/owned.ts';
import {
  type AgentEntry,
  type AgentObjects,
  type FollowOptions,
  followAgentObjects,
} from './agent-objects.ts';

export type NodeBoardOptions = FollowOptions & {
  /** Throws when another controller may lead: no order is written then. */
  readonly confirm: () => void;
};

/** How many orders are written at a time. */
const writesAtATime = 16;

/** The controller's side of a board on a cluster: it follows NodeReports, and writes NodeOrders. */
export function kubeNodeBoard(options: NodeBoardOptions): NodeBoard {
  const listeners = new Set<() => void>();
  let pending: NodeJS.Immediate | undefined;
  const changed = (): void => {
    pending ??= setImmediate(() => {
      pending = undefined;
      for (const listener of listeners) listener();
    });
  };
  const following = { ...options, readsDefinition: true };
  const reports = followAgentObjects('NodeReport', following, changed);
  const orders = followAgentObjects('NodeOrder', following, () => undefined);
  return {
    async reports() {
      await reports.ready();
      return [...reports.cache.entries.values()].flatMap(({ object }) => object ?? []);
    },
    async order(wanted) {
      if (await orders.ready()) await writeOrders(wanted, orders, options);
    },
    findings: () => [...reports.findings, ...orders.findings],
    watch(onChange) {
      listeners.add(onChange);
      return { [Symbol.dispose]: () => void listeners.delete(onChange) };
    },
    async [Symbol.asyncDispose]() {
      clearImmediate(pending);
      listeners.clear();
      await Promise.all([reports[Symbol.asyncDispose](), orders[Symbol.asyncDispose]()]);
    },
  };
}

/** One write of the API. */
type Write = () => Promise<void>;

/** What could be written is written; then the first fault is thrown. */
async function writeOrders(
  wanted: readonly NodeOrder[],
  { cache, definition }: AgentObjects<'NodeOrder'>,
  options: NodeBoardOptions,
): Promise<void> {
  const known = cache.entries;
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  const changed = wanted.flatMap((order): readonly Write[] => {
    const entry = known.get(`/${order.metadata.name}`);
    return isLeft(order, entry, definition) ? [] : [() => leave(order, entry, cache, options)];
  });
  const gone = [...known].flatMap(([key, entry]): readonly Write[] => {
    const name = key.slice(1);
    return names.has(name) ? [] : [() => takeAway(name, entry, cache, options)];
  });
  const queue = [...changed, ...gone];
  const faults: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await next().catch((fault: unknown) => void faults.push(fault));
    }
  };
  await Promise.all(Array.from({ length: writesAtATime }, work));
  if (faults.length > 0) throw faults[0];
}

/** Whether an order is on the cluster as far as that keeps it. What it drops is missing again each time: it is no difference. */
function isLeft(
  order: NodeOrder,
  entry: AgentEntry<'NodeOrder'> | undefined,
  definition: Definition,
): boolean {
  if (entry && left.get(order) === entry) return true;
  // Another revision has other contents: thousands of addresses need not be read to see that.
  if (!entry || (entry.revision !== undefined && entry.revision !== order.spec.revision)) return false;
  if (entry.object === undefined) return false;
  const isWhole = definition.lacks.length === 0;
  const kept = isWhole
    ? order
    : nodeOrderSchema.safeParse({ ...order, spec: definition.offered('spec', order.spec) }).data;
  const isSame = kept !== undefined && isDeepStrictEqual(entry.object.spec, kept.spec);
  if (isSame && isWhole) left.set(order, entry);
  return isSame;
}

/** Orders that were found to be on the cluster, with the entry that they were compared with: thousands of addresses take time. */
const left = new WeakMap<NodeOrder, AgentEntry<'NodeOrder'>>();

/** Makes an order, or changes the version of it that is known: labels and annotations of others stay. */
async function leave(
  order: NodeOrder,
  entry: AgentEntry<'NodeOrder'> | undefined,
  cache: AgentObjects<'NodeOrder'>['cache'],
  { api, confirm }: NodeBoardOptions,
): Promise<void> {
  const { name } = order.metadata;
  confirm();
  const query = { fieldManager: fieldManagers.main };
  try {
    const answer = entry
      ? await api.call({
          method: 'PATCH',
          path: resourcePath('NodeOrder', { name }),
          query,
          patch: 'merge',
          body: { metadata: { resourceVersion: entry.version }, spec: replacing(order.spec) },
        })
      : await api.call({
          method: 'POST',
          path: resourcePath('NodeOrder'),
          query,
          body: {
            apiVersion: apiVersionOf(agentKinds.NodeOrder),
            kind: 'NodeOrder',
            metadata: { name },
            spec: order.spec,
          },
        });
    if (!isRawObject(answer)) return;
    cache.put(answer);
    const stored = cache.entries.get(`/${name}`);
    // The answer is what was written, where the cluster drops nothing of it.
    if (stored?.version === rawVersion(answer)) left.set(order, stored);
  } catch (error) {
    throw faultOf(error, `leaving the order of node ${name}`, api.server);
  }
}

/** A merge patch (RFC 7396) after which the spec is this one: what it does not say goes. */
function replacing(spec: NodeOrder['spec']): JsonObject {
  const fields = Object.keys(nodeOrderSchema.shape.spec.shape);
  return { ...Object.fromEntries(fields.map((field) => [field, null])), ...spec };
}

async function takeAway(
  name: string,
  { uid, version }: AgentEntry<'NodeOrder'>,
  cache: AgentObjects<'NodeOrder'>['cache'],
  { api, confirm }: NodeBoardOptions,
): Promise<void> {
  confirm();
  try {
    await api.call({
      method: 'DELETE',
      path: resourcePath('NodeOrder', { name }),
      body: { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions', preconditions: { uid } },
    });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return;
    throw faultOf(error, `taking away the order of node ${name}`, api.server);
  }
  cache.remove({ metadata: { name, resourceVersion: version } });
}
