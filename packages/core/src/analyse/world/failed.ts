import type { Failure, FailureSet } from '../../fabric/failure.ts';
import type { PodName } from '../../fabric/pod-port.ts';

/** Everything that has failed so far, by what it is. Chassis go by SB name, networks by physical name. */
export type Failed = {
  /** Nodes that are dead as a whole. */
  readonly hosts: ReadonlySet<string>;
  /** vswitchd is dead; a dead host is not listed again. */
  readonly switches: ReadonlySet<string>;
  /** ovn-controller does not run, however it ended. */
  readonly controllers: ReadonlySet<string>;
  /** ovn-controller ended in good order and gave up its chassis record, as far as it could reach SB. */
  readonly exited: ReadonlySet<string>;
  /** vswitchd was started again without ovn-controller: its flow table is empty. */
  readonly emptied: ReadonlySet<string>;
  /** Overlay NICs. */
  readonly overlays: ReadonlySet<string>;
  /** Pairs of nodes, as {@link pairKey} writes them. */
  readonly pairs: ReadonlySet<string>;
  /** `CHASSIS` for every network of it, `CHASSIS/NETWORK` for one. */
  readonly uplinks: ReadonlySet<string>;
  readonly mappings: ReadonlySet<string>;
  /** Nodes cut off from NB and SB. */
  readonly controls: ReadonlySet<string>;
  /** Physical networks that are gone for everybody. */
  readonly networks: ReadonlySet<string>;
  readonly pods: readonly PodName[];
  readonly sb: boolean;
  readonly northd: boolean;
};

const none: ReadonlySet<string> = new Set();

export const nothingFailed: Failed = {
  hosts: none,
  switches: none,
  controllers: none,
  exited: none,
  emptied: none,
  overlays: none,
  pairs: none,
  uplinks: none,
  mappings: none,
  controls: none,
  networks: none,
  pods: [],
  sb: false,
  northd: false,
};

/** Two chassis as one key, whichever is named first. */
export function pairKey(left: string, right: string): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}

/** What has failed once a set has failed too. Nodes are SB names: see `resolveFailures`. */
export function alsoFailed(before: Failed, set: FailureSet): Failed {
  return set.reduce(alsoFailedOne, before);
}

function alsoFailedOne(before: Failed, failure: Failure): Failed {
  switch (failure.kind) {
    case 'host':
      return { ...before, hosts: plus(before.hosts, failure.node) };
    case 'vswitchd':
      return { ...before, switches: plus(before.switches, failure.node) };
    case 'ovn-controller':
      return { ...before, controllers: plus(before.controllers, failure.node) };
    case 'ovn-controller-exit':
      return {
        ...before,
        controllers: plus(before.controllers, failure.node),
        exited: plus(before.exited, failure.node),
      };
    case 'zombie':
      return {
        ...before,
        controllers: plus(before.controllers, failure.node),
        emptied: plus(before.emptied, failure.node),
        switches: minus(before.switches, failure.node),
      };
    case 'tunnel':
      return { ...before, overlays: plus(before.overlays, failure.node) };
    case 'tunnel-pair':
      return { ...before, pairs: plus(before.pairs, pairKey(...failure.nodes)) };
    case 'uplink':
      return { ...before, uplinks: plus(before.uplinks, ofNetwork(failure.node, failure.network)) };
    case 'mapping':
      return { ...before, mappings: plus(before.mappings, ofNetwork(failure.node, failure.network)) };
    case 'control':
      return { ...before, controls: plus(before.controls, failure.node) };
    case 'upstream':
      return { ...before, networks: plus(before.networks, failure.network) };
    case 'pod':
      return { ...before, pods: [...before.pods, failure] };
    case 'sb':
      return { ...before, sb: true };
    case 'northd':
      return { ...before, northd: true };
    case 'central':
      return { ...before, sb: true, northd: true };
    case 'nb':
    case 'notready':
    case 'agent':
    case 'berth-controller':
      return before;
  }
}

function ofNetwork(chassis: string, network: string | undefined): string {
  return network === undefined ? chassis : `${chassis}/${network}`;
}

function plus(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  return set.has(one) ? set : new Set([...set, one]);
}

function minus(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  return set.has(one) ? new Set([...set].filter((each) => each !== one)) : set;
}
