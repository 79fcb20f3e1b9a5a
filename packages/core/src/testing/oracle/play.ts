import type { FailureSet } from '../../fabric/failure.ts';
import type { OracleGroup, OracleNetwork } from './network.ts';
import { aliveState, breakIt, type OracleChassis, type OracleState, type OracleView } from './state.ts';

/** Plays the sets one after the other, each time waiting until nothing changes any more. */
export function play(network: OracleNetwork, sets: readonly FailureSet[]): OracleState {
  const state = aliveState(network);
  settle(network, state);
  for (const set of sets) {
    const leaving = set.flatMap((each) =>
      each.kind === 'ovn-controller-exit' &&
      state.chassis.get(each.node)?.controller &&
      !isKilled(set, each.node)
        ? [each.node]
        : [],
    );
    for (const chassis of state.chassis.values()) chassis.cutJustNow = false;
    for (const failure of set) breakIt(state, failure);
    for (const name of leaving) {
      const chassis = state.chassis.get(name);
      if (chassis) leave(state, chassis);
    }
    settle(network, state);
  }
  return state;
}

function isKilled(set: FailureSet, node: string): boolean {
  return set.some(
    (each) =>
      (each.kind === 'host' || each.kind === 'ovn-controller' || each.kind === 'zombie') &&
      each.node === node,
  );
}

/** A controller that ends as it should takes its tunnels along, and its rows if it reaches SB; else it hangs. */
function leave(state: OracleState, chassis: OracleChassis): void {
  chassis.tunnelsRemoved = true;
  chassis.hangs = !(chassis.sbSession && state.sb);
  if (chassis.hangs) return;
  state.present.delete(chassis.name);
  for (const [port, at] of state.claims) if (at === chassis.name) state.claims.delete(port);
  for (const [port, at] of state.gatewayClaims) if (at === chassis.name) state.gatewayClaims.delete(port);
  for (const witnesses of state.witnesses.values()) witnesses.delete(chassis.name);
}

function settle(network: OracleNetwork, state: OracleState): void {
  if (state.sb && state.nb && state.northd) countWitnesses(network, state);
  const working = [...state.chassis.values()].filter(
    (each) => each.controller && (each.sbSession || each.cutJustNow) && state.sb,
  );
  // Tunnels and BFD first: who is up depends on what both ends have configured.
  for (const chassis of working) {
    chassis.joined = new Set(chassis.mappings);
    if (chassis.sbSession) chassis.view = viewOfSb(network, state, chassis.name);
  }
  for (const chassis of working) {
    const active = network.groups.filter((group) => isActive(group, chassis, state)).map(({ name }) => name);
    chassis.view = { ...chassis.view, active: new Set(active) };
  }
  const writing = working.filter(({ sbSession }) => sbSession);
  claimGateways(network, state, writing);
  for (const chassis of writing) {
    chassis.view = { ...chassis.view, gatewayClaims: new Map(state.gatewayClaims) };
  }
}

function viewOfSb(network: OracleNetwork, state: OracleState, name: string): OracleView {
  return {
    present: new Set(state.present),
    claims: new Map(state.claims),
    gatewayClaims: new Map(),
    witnesses: new Map([...state.witnesses].map(([group, all]) => [group, new Set(all)])),
    configured: new Set([...state.present].filter((other) => required(network, state, name, other))),
    active: new Set(),
  };
}

/** northd: who binds a port of the routers that hang together. */
function countWitnesses(network: OracleNetwork, state: OracleState): void {
  for (const group of network.groups) {
    const bound = group.watched.flatMap((port) => state.claims.get(port) ?? []);
    state.witnesses.set(group.name, new Set(group.members.length > 1 ? bound : []));
  }
}

/** The active ones claim the gateway ports, and give up those they no longer have. */
function claimGateways(network: OracleNetwork, state: OracleState, working: readonly OracleChassis[]): void {
  for (const [port, group] of network.groupOf) {
    const holder = state.gatewayClaims.get(port);
    if (working.some(({ name }) => name === holder)) state.gatewayClaims.delete(port);
    const active = working.find(({ view }) => view.active.has(group));
    if (active) state.gatewayClaims.set(port, active.name);
  }
}

/** ovn-controller's BFD: some group of two or more has both among members and witnesses, and one of them is a member. */
function required(network: OracleNetwork, state: OracleState, one: string, other: string): boolean {
  if (one === other) return false;
  return network.groups.some((group) => {
    if (group.members.length < 2) return false;
    const member = (name: string) => group.members.some(({ chassis }) => chassis === name);
    const witness = (name: string) => state.witnesses.get(group.name)?.has(name) === true;
    return (
      (member(one) || witness(one)) && (member(other) || witness(other)) && (member(one) || member(other))
    );
  });
}

/** Whether packets pass the overlay between two chassis that have tunnels to each other. */
export function wire(state: OracleState, one: OracleChassis, other: OracleChassis): boolean {
  return (
    one.overlayNic &&
    other.overlayNic &&
    !state.cutPairs.has([one.name, other.name].sort().join(' ')) &&
    hasTunnel(one, other) &&
    hasTunnel(other, one)
  );
}

function hasTunnel(from: OracleChassis, to: OracleChassis): boolean {
  return !from.tunnelsRemoved && from.view.present.has(to.name);
}

/** BFD: the session of the two is up. */
export function bfdUp(state: OracleState, one: OracleChassis, other: OracleChassis): boolean {
  return (
    one.vswitchd &&
    other.vswitchd &&
    wire(state, one, other) &&
    one.view.configured.has(other.name) &&
    other.view.configured.has(one.name)
  );
}

/** ovn-controller's election in a group, rule by rule. */
function isActive(group: OracleGroup, me: OracleChassis, state: OracleState): boolean {
  const mine = group.members.find(({ chassis }) => chassis === me.name);
  if (!mine) return false;
  if (group.members.length === 1) return true;
  const present = group.members.filter(({ chassis }) => me.view.present.has(chassis));
  if (present.length === 1 && present[0]?.chassis === me.name) return true;
  const up = [...state.chassis.values()].filter((other) => other !== me && bfdUp(state, me, other));
  if (up.length === 0) return false;
  const alive = present.filter(
    ({ chassis }) => chassis === me.name || up.some(({ name }) => name === chassis),
  );
  if (alive.length === 1) return up.some(({ name }) => me.view.witnesses.get(group.name)?.has(name));
  return ranked(alive)[0]?.chassis === me.name;
}

/** By priority, then by name, both descending. */
export function ranked(members: OracleGroup['members']): OracleGroup['members'] {
  return [...members].sort(
    (left, right) =>
      right.priority - left.priority ||
      (left.chassis < right.chassis ? 1 : left.chassis > right.chassis ? -1 : 0),
  );
}
