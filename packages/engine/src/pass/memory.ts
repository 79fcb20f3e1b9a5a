import {
  type Adopting,
  type Contested,
  compiledTables,
  type Fabric,
  type Intent,
  type IntentResult,
  intentOnceStored,
  keepSame,
  nodeOrdersOf,
  Planner,
  type RecordedDrain,
  type Settings,
  SettledPools,
  statusWrites,
  withoutEips,
} from '@berth/core';
import type { LastAsked } from './dated.ts';
import type { LastingPods } from './lasting-pods.ts';
import { nothingRefused, type Refusals } from './refusals.ts';
import { remembering, sameContents, sameResources } from './remembering.ts';

/**
 * What a pass may know of the one before. Each function gives what the one without a memory gives, sooner where little changed since it was
 * called last.
 */
export type PassMemory = {
  /** Without an intent while something is yet to be stored. */
  readonly intentOf: typeof intentOnceStored;
  readonly statusWrites: typeof statusWrites;
  readonly nodeOrdersOf: typeof nodeOrdersOf;
  readonly withoutEips: typeof withoutEips;
  readonly planner: Planner;
  /** When all chassis were asked to say how far they are. */
  readonly lastAsked: LastAsked;
  /** The addresses that more than one may answer for, as the last pass knew them. */
  readonly contested: { last: readonly Contested[] };
  /** The drains of the last pass, for a cluster whose definition of Vpc has no place for them. */
  readonly drains: { last: readonly RecordedDrain[] };
  /** The pods of StatefulSets that were there in the last pass, or are awaited. */
  readonly lasting: { last: LastingPods };
  /** What the cluster refuses of what is to be stored before rows are written, and of what is to be told once they are. */
  readonly refusals: { first: Refusals; last: Refusals };
};

export type PassSettings = Settings & { readonly adopt?: Adopting };

/** The memory of a controller that has made no pass yet. */
export function memoryOf({ instance, adopt }: Pick<PassSettings, 'instance' | 'adopt'>): PassMemory {
  let intent: Intent = { vpcs: [], externals: [] };
  const pools = new SettledPools();
  const resolve = remembering(
    ([resources, fabric, settings]: Parameters<typeof intentOnceStored>): IntentResult => {
      const result = intentOnceStored(resources, fabric, settings, pools);
      if (result.writes.length > 0) return result;
      // What did not change stays the same object, so that those who go by the intent see that nothing did.
      intent = keepSame(intent, result.intent);
      return { ...result, intent };
    },
    (left, right) =>
      sameResources(left[0], right[0]) && sameFabric(left[1], right[1]) && sameContents(left[2], right[2]),
    // What is yet to be stored depends on what was programmed before, which is not compared.
    ({ writes }) => writes.length === 0,
  );
  const without = remembering(
    (input: Parameters<typeof withoutEips>) => withoutEips(...input),
    (left, right) => left[0] === right[0] && sameContents(left[1], right[1]),
  );
  return {
    intentOf: (...input) => resolve(input),
    withoutEips: (...input) => without(input),
    // The time is of no account where nothing is written.
    statusWrites: remembering(
      (input: Parameters<typeof statusWrites>[0]) => statusWrites({ ...input, asker: pools }),
      (left, right) =>
        left.intent === right.intent &&
        left.defaultExternalSubnet === right.defaultExternalSubnet &&
        sameResources(left.resources, right.resources) &&
        sameContents(left.findings, right.findings) &&
        sameFabric(left.fabric, right.fabric),
      (writes) => writes.length === 0,
    ),
    nodeOrdersOf: remembering(
      nodeOrdersOf,
      (left, right) =>
        left.intent === right.intent &&
        left.epoch === right.epoch &&
        sameContents(left.checks, right.checks) &&
        sameContents(left.contested, right.contested) &&
        sameContents(left.nodes, right.nodes) &&
        sameFabric(left.fabric, right.fabric),
    ),
    planner: new Planner({
      ...{ db: 'NB', tables: compiledTables, instance },
      ...(adopt !== undefined && { adopt }),
    }),
    lastAsked: { ms: undefined },
    contested: { last: [] },
    drains: { last: [] },
    lasting: { last: new Map() },
    refusals: { first: nothingRefused, last: nothingRefused },
  };
}

/** Whether two fabrics are the same but for what was programmed before. */
function sameFabric(
  { northbound: _left, ...left }: Fabric,
  { northbound: _right, ...right }: Fabric,
): boolean {
  return sameContents(left, right);
}
