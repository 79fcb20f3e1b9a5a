import type { OracleAnswer } from './answer.ts';
import type { OracleNat, OracleNetwork } from './network.ts';
import { bfdUp, ranked, wire } from './play.ts';
import type { OracleChassis, OracleState } from './state.ts';

export type Packets = {
  readonly network: OracleNetwork;
  readonly state: OracleState;
  readonly nat: OracleNat;
};

/** A packet gets through, or does not for these reasons. */
type Way = readonly string[];

const through: Way = [];

/** From outside to the address, and the reply. */
export function arrive(packets: Packets): OracleAnswer {
  const { state, nat } = packets;
  if (nat.gatewayPort === undefined) return lost(undefined, ['no-gateway', 'nat-ignored']);
  const chassis = [...state.chassis.values()];
  const holders = chassis.filter((each) => answersFor(packets, each));
  const answerers = holders.filter((each) => reachesWire(packets, each).length === 0);
  if (answerers.length === 0) {
    const reasons = holders.flatMap((each) => reachesWire(packets, each));
    return lost(undefined, reasons.length > 0 ? reasons : whyNobody(packets));
  }
  const ways = answerers.map((each) => bothWays(packets, each));
  const [first] = answerers;
  if (answerers.length === 1) {
    const way = ways[0] ?? through;
    const other = way.includes('path-asymmetric') ? silentExit(packets) : undefined;
    if (first && other) return contest([first, other]);
    return way.length === 0 ? delivered(first?.name) : lost(first?.name, way);
  }
  if (ways.every((way) => way.length > 0)) return lost(undefined, [...ways.flat(), 'two-answerers']);
  return contest(answerers);
}

function contest(chassis: readonly OracleChassis[]): OracleAnswer {
  return {
    outcome: 'unknown',
    berth: undefined,
    conflict: chassis.map(({ name }) => name).sort(),
    reasons: new Set(['two-answerers']),
  };
}

/** Frames of an exit that nobody can ask for its IPv6 addresses still teach the switches where the router is. */
function silentExit(packets: Packets): OracleChassis | undefined {
  const home = homeOf(packets);
  const { exit } = home === undefined ? { exit: undefined } : exitFrom(packets, home);
  return exit !== undefined && reachesWire(packets, exit).join() === 'neighbour-unanswered'
    ? exit
    : undefined;
}

/** From the workload to the outside, and the reply. */
export function depart(packets: Packets): OracleAnswer {
  const { nat } = packets;
  if (nat.gatewayPort === undefined) return lost(undefined, ['no-gateway', 'nat-ignored', 'no-route']);
  const home = homeOf(packets);
  if (home === undefined) return lost(undefined, ['workload-down', ...whyNobody(packets)]);
  const alive = workloadAt(packets, home);
  if (alive.length > 0) return lost(undefined, alive);
  const { exit, way } = exitFrom(packets, home);
  if (exit === undefined) return lost(undefined, way);
  const out = reachesWire(packets, exit);
  if (out.join() === 'neighbour-unanswered' && !nat.distributed) {
    const heard = [...packets.state.chassis.values()].filter(
      (each) => answersFor(packets, each) && reachesWire(packets, each).length === 0,
    );
    if (heard.length > 0) return contest([exit, ...heard]);
  }
  if (out.length > 0) return lost(exit.name, out);
  const back = reachesWorkload(packets, exit);
  return back.length === 0 ? delivered(exit.name) : lost(exit.name, back);
}

/** From the workload to its own address. */
export function hairpin(packets: Packets): OracleAnswer {
  const { nat } = packets;
  if (nat.gatewayPort === undefined) return lost(undefined, ['no-gateway', 'nat-ignored']);
  const home = homeOf(packets);
  if (home === undefined) return lost(undefined, ['workload-down', ...whyNobody(packets)]);
  const alive = workloadAt(packets, home);
  if (alive.length > 0) return lost(undefined, alive);
  const { exit, way } = exitFrom(packets, home);
  if (exit === undefined) return lost(undefined, way);
  const back = reachesWorkload(packets, exit);
  return back.length === 0 ? delivered(exit.name) : lost(exit.name, back);
}

function delivered(berth: string | undefined): OracleAnswer {
  return { outcome: 'delivered', berth, conflict: [], reasons: new Set() };
}

function lost(berth: string | undefined, reasons: readonly string[]): OracleAnswer {
  return { outcome: 'lost', berth, conflict: [], reasons: new Set(reasons) };
}

/** Whether its flows answer for the address. */
function answersFor({ network, nat }: Packets, chassis: OracleChassis): boolean {
  if (!chassis.vswitchd || chassis.flowsGone) return false;
  if (nat.distributed) {
    return nat.logicalPort !== undefined && chassis.view.claims.get(nat.logicalPort) === chassis.name;
  }
  const group = nat.gatewayPort === undefined ? undefined : network.groupOf.get(nat.gatewayPort);
  return group !== undefined && chassis.view.active.has(group);
}

/** Whether frames pass between it and the physical network. */
function reachesWire({ state, nat }: Packets, chassis: OracleChassis): Way {
  const { network } = nat;
  const reasons: string[] = [];
  if (network === undefined || !chassis.joined.has(network)) reasons.push('no-bridge-mapping');
  if (network !== undefined && state.networksDown.has(network)) reasons.push('network-down');
  if (chassis.uplinksDown.has('*') || (network !== undefined && chassis.uplinksDown.has(network))) {
    reasons.push('uplink-down');
  }
  if (isSix(nat) && !chassis.controller && !chassis.hangs) reasons.push('neighbour-unanswered');
  return reasons;
}

/** Who has an IPv6 address is told by ovn-controller and not by flows. */
function isSix({ externalIp }: OracleNat): boolean {
  return externalIp.includes(':');
}

/** Why nobody answers. */
function whyNobody({ network, state, nat }: Packets): readonly string[] {
  if (nat.distributed) {
    const home = nat.logicalPort === undefined ? undefined : network.claims.get(nat.logicalPort);
    const gone = home !== undefined && state.chassis.get(home)?.flowsGone === true;
    return gone ? ['workload-down', 'flows-missing'] : ['workload-down'];
  }
  const name = nat.gatewayPort === undefined ? undefined : network.groupOf.get(nat.gatewayPort);
  const group = network.groups.find((each) => each.name === name);
  const alive = (group?.members ?? []).flatMap(({ chassis }) => state.chassis.get(chassis) ?? []);
  const reasons = alive.some(({ vswitchd, name: each }) => vswitchd && state.present.has(each))
    ? ['gateway-unclaimed']
    : ['no-gateway', 'gateway-unclaimed'];
  return alive.some(({ flowsGone }) => flowsGone) ? [...reasons, 'flows-missing'] : reasons;
}

/** Where the workload runs: its packets start there, whatever SB came to say. */
function homeOf({ network, state, nat }: Packets): OracleChassis | undefined {
  const at = nat.logicalPort === undefined ? undefined : network.claims.get(nat.logicalPort);
  return at === undefined ? undefined : state.chassis.get(at);
}

function workloadAt({ state, nat }: Packets, home: OracleChassis): Way {
  const reasons: string[] = [];
  if (!home.vswitchd) reasons.push('workload-down');
  if (home.flowsGone) reasons.push('flows-missing', 'workload-down');
  if (isSix(nat) && !home.controller && !home.hangs) reasons.push('neighbour-unanswered');
  if (nat.logicalPort !== undefined && state.podsDown.has(nat.logicalPort)) reasons.push('workload-down');
  return reasons;
}

/** What is wrong with the workload, whether packets come as far as that or not. */
export function workloadTrouble(packets: Packets): readonly string[] {
  const home = homeOf(packets);
  return home === undefined ? ['workload-down'] : workloadAt(packets, home);
}

/** The request to the workload by this chassis, and the reply by the same. */
function bothWays(packets: Packets, answerer: OracleChassis): Way {
  const there = reachesWorkload(packets, answerer);
  if (there.length > 0) return there;
  const home = homeOf(packets);
  if (home === undefined) return ['workload-down'];
  const { exit, way } = exitFrom(packets, home);
  if (exit === undefined) return way;
  return exit === answerer ? through : ['path-asymmetric'];
}

function reachesWorkload(packets: Packets, from: OracleChassis): Way {
  const { state, nat } = packets;
  const home = homeOf(packets);
  if (nat.logicalPort === undefined || home === undefined) return ['workload-down'];
  const known = from.view.claims.get(nat.logicalPort);
  const alive = workloadAt(packets, home);
  if (alive.length > 0) return alive;
  if (known !== home.name) return ['workload-down', 'tunnel-down', 'location-unknown'];
  if (home === from) return through;
  if (wire(state, from, home)) return through;
  return state.claims.has(nat.logicalPort) ? ['tunnel-down'] : ['tunnel-down', 'workload-down'];
}

/** Through which chassis the workload's packets leave, as its own chassis sees it. */
function exitFrom(
  packets: Packets,
  home: OracleChassis,
): { readonly exit: OracleChassis | undefined; readonly way: Way } {
  const { network, state, nat } = packets;
  if (nat.distributed && nat.logicalPort !== undefined) {
    const resident = home.view.claims.get(nat.logicalPort) === home.name;
    return resident ? { exit: home, way: through } : { exit: undefined, way: ['workload-down'] };
  }
  const name = nat.gatewayPort === undefined ? undefined : network.groupOf.get(nat.gatewayPort);
  const group = network.groups.find((each) => each.name === name);
  if (!group || nat.gatewayPort === undefined) return { exit: undefined, way: ['no-gateway'] };
  if (home.view.active.has(group.name)) return { exit: home, way: through };
  const present = group.members.filter(({ chassis }) => home.view.present.has(chassis));
  const tried: string[] = [];
  if (present.length < 2) {
    const claim = home.view.gatewayClaims.get(nat.gatewayPort);
    if (claim !== undefined) tried.push(claim);
  } else {
    const live = ranked(present).find(({ chassis }) => senderSeesLive(state, home, chassis));
    if (live) tried.push(live.chassis);
  }
  const target = tried[0] === undefined ? undefined : state.chassis.get(tried[0]);
  if (!target) return { exit: undefined, way: ['tunnel-down', ...whyNobody(packets)] };
  if (!wire(state, home, target)) return { exit: undefined, way: ['tunnel-down', ...whyNobody(packets)] };
  if (!answersFor({ ...packets, nat: { ...nat, distributed: false } }, target)) {
    return { exit: undefined, way: ['path-asymmetric', 'tunnel-down', ...whyNobody(packets)] };
  }
  return { exit: target, way: through };
}

/** A tunnel without BFD counts as live, one with it as long as the session is up. */
function senderSeesLive(state: OracleState, from: OracleChassis, name: string): boolean {
  const to = state.chassis.get(name);
  if (!to || to === from || from.tunnelsRemoved || !from.view.present.has(name)) return false;
  return from.view.configured.has(name) ? bfdUp(state, from, to) : true;
}
