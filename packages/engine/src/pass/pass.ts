import { chassisAnnotation, type ResourceSet } from '@berth/api';
import {
  chassisOfNode,
  contestedIn,
  type Fabric,
  type Finding,
  type FirstUse,
  firstUseOf,
  fullName,
  type Intent,
  lookupOf,
  type NodeOrders,
  type Notice,
  noticesOf,
  type OrderInput,
  type Plan,
  type ResourceWrite,
  withWrites,
} from '@berth/core';
import { type Listing, type Source, type SourceFault, wholeSeconds } from '@berth/source';
import type { Attaching } from '../nodes/attaching.ts';
import type { NodeWatch } from '../nodes/node-watch.ts';
import type { Fence } from '../ovn/fence.ts';
import type { Ovn } from '../ovn/ovn.ts';
import { type Dating, datingOf } from './dated.ts';
import { followDrains, withDrained } from './drains.ts';
import { dueInMs } from './due.ts';
import { findingsOf } from './findings-of.ts';
import { formerOrderOperations } from './former-orders.ts';
import { knownLasting, withAwaitedPods } from './lasting-pods.ts';
import { lingerOperations, outdatedMarkOperations } from './lingering.ts';
import { memoryOf, type PassMemory, type PassSettings } from './memory.ts';
import { observedFabric, type Seen } from './observed-fabric.ts';
import { prepare } from './prepare.ts';
import { askForLife, southOperations } from './south.ts';
import { withoutStuckPods } from './stuck-pods.ts';
import { tell } from './tell.ts';
import { type Written, writePlan } from './write-plan.ts';

/** What a pass works on. `now` is RFC 3339 time, for conditions that change. */
export type PassInput = {
  readonly source: Source;
  readonly ovn: Ovn;
  readonly fence: Fence;
  readonly settings: PassSettings;
  readonly now: () => string;
  /** What a pass may know of the one before; without it everything is looked at. */
  readonly memory?: PassMemory;
  /** Why rules do not work though NB has their rows, as far as that is known. */
  readonly failing?: () => readonly Finding[];
  /** Who attaches workloads, where that is told. */
  readonly attaching?: Attaching | undefined;
  /** The nodes' agents, where there are any. */
  readonly nodes?: NodeWatch | undefined;
  /** Where nobody watches nodes: whether chassis had the time to carry out what was written, so that one that is behind stands still. */
  readonly hadTime?: (() => boolean) | undefined;
};

/** What a pass found and did. */
export type PassResult = {
  readonly listing: Listing;
  readonly plan: Plan;
  readonly written: Written;
  /** Objects whose stored status changed. */
  readonly statusWrites: number;
  /** What happened to objects, as their status tells. */
  readonly notices: readonly Notice[];
  /** Everything known to be wrong, with places in the user's files. */
  readonly findings: readonly Finding[];
  /** In how many ms another pass has something to do though nothing changes; absent where none has. */
  readonly dueInMs?: number;
  /** Why the cluster would not store something of an object now: only that object waits. Absent where nothing was refused. */
  readonly refusal?: SourceFault;
};

/**
 * One level-triggered pass: what should be, from the resources; what is, from NB; the difference is written; status
 * comes last. A pass with nothing to do writes nothing.
 */
export async function pass(asked: PassInput): Promise<PassResult> {
  const input = inTimeOf(asked.source, asked);
  const { source, ovn, settings, now, memory = memoryOf(settings) } = input;
  const seen = observedFabric(input);
  const prepared = await prepare(
    source,
    seen.fabric,
    settings,
    (resources, fabric, as) =>
      memory.intentOf(
        withAwaitedPods(
          withoutStuckPods(resources, now()),
          knownLasting(resources, memory.lasting.last),
          now(),
        ),
        withDrained(fabric, resources, now(), memory.drains.last),
        as,
      ),
    { known: memory.refusals.first, now: now() },
  );
  const { listing, result } = prepared;
  memory.refusals.first = prepared.refusals;
  const use = firstUse(input, listing, result.intent, seen.fabric);
  const intent = memory.withoutEips(result.intent, use.withheld);
  const wanted = memory.planner.plan(intent, ovn.northbound.snapshot());
  const written = await writeRows(input, memory, seen, { intent, wanted });
  const after = observedFabric(input).fabric;
  const { orders, findings: short } = ordersOf(input, memory, listing, {
    ...{ intent, fabric: after, checks: use.checks },
  });
  const findings = findingsOf(input, {
    ...{ listing, intent, fabric: after },
    underWay: [...result.findings, ...use.findings, ...wanted.findings, ...written.findings, ...short],
  });
  const isWritten = written.findings.length === 0;
  // Neither waits for the other: an order may be large, and those who look at a status are waiting.
  const [given, told] = await Promise.allSettled([
    input.nodes?.order(orders),
    tell(input, memory, {
      ...{ listing, intent, findings, fabric: after, released: isWritten ? result.released : [] },
    }),
  ]);
  if (told.status === 'rejected') throw told.reason;
  if (given.status === 'rejected') throw given.reason;
  const { left, status } = told.value;
  const refusal = prepared.refusal ?? told.value.refusal;
  memory.drains.last = followDrains(
    withWrites(
      left.resources,
      status.filter(({ object }) => object.kind === 'Vpc'),
    ),
    memory.drains.last,
  );
  const due = dueInMs(memory, left.resources, now());
  return {
    ...{ listing: left, plan: wanted, written, statusWrites: status.length, findings },
    notices: changesOf(status, left.resources),
    ...(due !== undefined && { dueInMs: due }),
    ...(refusal && { refusal }),
  };
}

/**
 * The same with the time of the source: an object says by the source's clock when it ends, and controllers of one source whose own clocks differ
 * go on with what the other dated.
 */
function inTimeOf({ clockAheadMs = 0 }: Source, input: PassInput): PassInput {
  if (clockAheadMs === 0) return input;
  return { ...input, now: () => wholeSeconds(Date.parse(input.now()) + clockAheadMs) };
}

/** Writes what is wanted, and before it takes out of SB what would be in its way. */
async function writeRows(
  input: PassInput,
  memory: PassMemory,
  { deadRows, mustAsk }: Seen,
  { intent, wanted }: { readonly intent: Intent; readonly wanted: Plan },
): Promise<Written> {
  const { ovn, fence } = input;
  await fence.keep();
  await fence.transactSouth(southOperations(intent, deadRows, ovn.southbound.snapshot()));
  if (mustAsk) await fence.transact([askForLife]);
  const written = await writePlan(wanted, fence, datingNow(input, memory));
  const outdated = wanted.changes.length === 0 ? outdatedMarkOperations(ovn) : [];
  if (outdated.length > 0) await fence.transact(outdated);
  return written;
}

/** How the changes of a pass are dated. */
function datingNow({ ovn, now }: PassInput, { lastAsked }: PassMemory): Dating {
  const [north] = ovn.northbound.snapshot().table('NB_Global');
  const chassis = ovn.southbound.snapshot().table('Chassis').size;
  return datingOf(north?.nb_cfg ?? 0, chassis, lastAsked, Date.parse(now()), (changes, at) => [
    ...lingerOperations(changes, at, ovn),
    ...formerOrderOperations(changes, at, ovn),
  ]);
}

function changesOf(writes: readonly ResourceWrite[], before: ResourceSet): readonly Notice[] {
  if (writes.length === 0) return [];
  return [...Map.groupBy(writes, ({ object }) => object.kind)].flatMap(([kind, ofKind]) => {
    const known = lookupOf(before)[kind];
    return ofKind.flatMap(({ object }) => noticesOf(known.get(fullName(object)), object));
  });
}

/** What agents are to find out about addresses first; nothing where there are none. */
function firstUse(
  { nodes, settings }: PassInput,
  { resources }: Listing,
  intent: Intent,
  fabric: Fabric,
): FirstUse {
  const { defaultExternalSubnet } = settings;
  const isOverdue = (key: string): boolean => nodes?.isOverdue(key) ?? true;
  return firstUseOf({ resources, intent, fabric, defaultExternalSubnet, isOverdue });
}

const noOrders: NodeOrders = { orders: [], findings: [] };

/** Each node's order, for the nodes there are. */
function ordersOf(
  { nodes, fence: { epoch } }: PassInput,
  memory: PassMemory,
  { resources }: Listing,
  { intent, fabric, checks }: Required<Pick<OrderInput, 'intent' | 'fabric' | 'checks'>>,
): NodeOrders {
  if (!nodes) return noOrders;
  nodes.follow(checks);
  memory.contested.last = contestedIn(fabric, memory.contested.last);
  const all = resources.Node.map(({ metadata: { name, annotations } }) => {
    const chassis = chassisOfNode(fabric, name, annotations[chassisAnnotation])?.name;
    return { name, chassis: chassis ?? fabric.health?.get(name)?.chassis };
  });
  return memory.nodeOrdersOf({ intent, fabric, nodes: all, epoch, checks, contested: memory.contested.last });
}
