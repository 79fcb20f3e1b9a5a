import type { Failure } from '../../fabric/failure.ts';
import type { OracleNetwork } from './network.ts';

/** What is true of one chassis right now, mutable while a story is played. */
export type OracleChassis = {
  readonly name: string;
  vswitchd: boolean;
  controller: boolean;
  sbSession: boolean;
  /** Cut from SB in this very set: for some seconds it takes its session for alive. */
  cutJustNow: boolean;
  overlayNic: boolean;
  /** Its controller was told to end and waits for an SB that it cannot reach: it does nothing but answer neighbours. */
  hangs: boolean;
  /** Its controller took the tunnels along when it left. */
  tunnelsRemoved: boolean;
  /** vswitchd has lost the flows and nobody gave them back. */
  flowsGone: boolean;
  readonly uplinksDown: Set<string>;
  readonly mappings: Set<string>;
  /** Physical networks its bridges are joined to: ovn-controller joins and parts them, as long as it has SB. */
  joined: ReadonlySet<string>;
  hostDead: boolean;
  /** What its controller knew when it last could know anything. */
  view: OracleView;
};

/** SB and the local BFD as one controller last saw them. */
export type OracleView = {
  readonly present: ReadonlySet<string>;
  readonly claims: ReadonlyMap<string, string>;
  readonly gatewayClaims: ReadonlyMap<string, string>;
  readonly witnesses: ReadonlyMap<string, ReadonlySet<string>>;
  /** Chassis it has BFD configured to. */
  readonly configured: ReadonlySet<string>;
  /** Groups in which it takes itself for active. */
  readonly active: ReadonlySet<string>;
};

export type OracleState = {
  readonly chassis: ReadonlyMap<string, OracleChassis>;
  readonly cutPairs: Set<string>;
  readonly networksDown: Set<string>;
  readonly podsDown: Set<string>;
  sb: boolean;
  nb: boolean;
  northd: boolean;
  /** What SB says. */
  readonly present: Set<string>;
  readonly claims: Map<string, string>;
  readonly gatewayClaims: Map<string, string>;
  readonly witnesses: Map<string, Set<string>>;
};

const blank: OracleView = {
  present: new Set(),
  claims: new Map(),
  gatewayClaims: new Map(),
  witnesses: new Map(),
  configured: new Set(),
  active: new Set(),
};

/** Everything alive, nothing computed yet. */
export function aliveState(network: OracleNetwork): OracleState {
  return {
    chassis: new Map(
      network.chassis.map(({ name, mappings }) => [
        name,
        {
          name,
          vswitchd: true,
          controller: true,
          sbSession: true,
          cutJustNow: false,
          overlayNic: true,
          hangs: false,
          tunnelsRemoved: false,
          flowsGone: false,
          uplinksDown: new Set<string>(),
          mappings: new Set(mappings),
          joined: new Set(mappings),
          hostDead: false,
          view: blank,
        },
      ]),
    ),
    cutPairs: new Set(),
    networksDown: new Set(),
    podsDown: new Set(),
    sb: true,
    nb: true,
    northd: true,
    present: new Set(network.chassis.map(({ name }) => name)),
    claims: new Map(network.claims),
    gatewayClaims: new Map(),
    witnesses: new Map(),
  };
}

/** Makes one failure true. */
export function breakIt(state: OracleState, failure: Failure): void {
  switch (failure.kind) {
    case 'tunnel-pair':
      state.cutPairs.add([...failure.nodes].sort().join(' '));
      return;
    case 'upstream':
      state.networksDown.add(failure.network);
      return;
    case 'pod':
      state.podsDown.add(`${failure.name}.${failure.namespace}`);
      return;
    case 'nb':
      state.nb = false;
      return;
    case 'sb':
      state.sb = false;
      return;
    case 'northd':
      state.northd = false;
      return;
    case 'central':
      state.nb = false;
      state.sb = false;
      state.northd = false;
      return;
    case 'berth-controller':
      return;
    default: {
      const chassis = state.chassis.get(failure.node);
      if (chassis) breakChassis(chassis, failure);
    }
  }
}

function breakChassis(chassis: OracleChassis, failure: Failure & { readonly node: string }): void {
  switch (failure.kind) {
    case 'host':
      chassis.hostDead = true;
      chassis.vswitchd = false;
      chassis.controller = false;
      chassis.hangs = false;
      chassis.overlayNic = false;
      return;
    case 'vswitchd':
      chassis.vswitchd = false;
      return;
    case 'ovn-controller':
      chassis.controller = false;
      chassis.hangs = false;
      return;
    case 'ovn-controller-exit':
      chassis.controller = false;
      return;
    case 'zombie':
      chassis.controller = false;
      chassis.hangs = false;
      chassis.vswitchd = !chassis.hostDead;
      chassis.flowsGone = true;
      return;
    case 'tunnel':
      chassis.overlayNic = false;
      return;
    case 'control':
      chassis.cutJustNow = chassis.sbSession;
      chassis.sbSession = false;
      return;
    case 'uplink':
      for (const network of failure.network === undefined ? ['*'] : [failure.network]) {
        chassis.uplinksDown.add(network);
      }
      return;
    case 'mapping':
      if (failure.network === undefined) chassis.mappings.clear();
      else chassis.mappings.delete(failure.network);
      return;
    default:
  }
}
